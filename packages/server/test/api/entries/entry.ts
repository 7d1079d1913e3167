import type { Owner, Stage } from "../stage.ts";

/** Says, by an assertion, what kind of value there must be. */
export type Kind = (value: unknown, subject: object, stage: Stage) => void | Promise<void>;

/** One way to call a method, or to make a server, and what comes of it. */
export interface Use {
  readonly args: (stage: Stage) => readonly unknown[] | Promise<readonly unknown[]>;
  readonly gives: Kind;
}

interface Described {
  readonly owner: Owner;
  readonly name: string;
  /** As the page's table of contents has it. */
  readonly heading: string;
  /** Title of the test that shows its behaviour. */
  readonly behaviour: string;
}

export interface MethodEntry extends Described {
  readonly kind: "method";
  /** How many arguments it must and may be given. */
  readonly arity: readonly [least: number, most: number];
  readonly uses: readonly Use[];
}

export interface ConstructorEntry extends Omit<MethodEntry, "kind"> {
  readonly kind: "constructor";
}

export interface AttributeEntry extends Described {
  readonly kind: "attribute";
  readonly holds: Kind;
}

export interface EventEntry extends Described {
  readonly kind: "event";
  readonly provoke: (stage: Stage) => unknown;
  readonly carries: readonly Kind[];
}

export type Entry = MethodEntry | ConstructorEntry | AttributeEntry | EventEntry;

/** The number of parameters in a heading; a rest parameter may be any number. */
function parametersOf(heading: string): number {
  const list = /\((.*)\)$/.exec(heading)?.[1] ?? "";
  if (list.includes("...")) return Number.POSITIVE_INFINITY;
  return list === "" ? 0 : list.split(",").length;
}

/** A use with these arguments, or with those that the function gives. */
export function use(args: Use["args"] | readonly unknown[], gives: Kind): Use {
  return { args: typeof args === "function" ? args : () => args, gives };
}

/** Declares the entries of one class: what they have in common is said once. */
export function entriesOf(owner: Owner) {
  return {
    method(heading: string, least: number, uses: readonly Use[], behaviour: string, extra = 0): MethodEntry {
      const name = heading.slice(heading.indexOf(".") + 1).replace(/\(.*$/, "");
      const arity = [least, parametersOf(heading) + extra] as const;
      return { kind: "method", owner, name, heading, arity, uses, behaviour };
    },
    construction(heading: string, least: number, uses: readonly Use[], behaviour: string): ConstructorEntry {
      const arity = [least, parametersOf(heading)] as const;
      return { kind: "constructor", owner, name: "constructor", heading, arity, uses, behaviour };
    },
    attribute(heading: string, holds: Kind, behaviour: string): AttributeEntry {
      const name = heading.slice(heading.indexOf(".") + 1);
      return { kind: "attribute", owner, name, heading, holds, behaviour };
    },
    flag(name: string, holds: Kind, behaviour: string): AttributeEntry {
      return { kind: "attribute", owner, name, heading: `Flag: '${name}'`, holds, behaviour };
    },
    event(
      name: string,
      provoke: EventEntry["provoke"],
      carries: readonly Kind[],
      behaviour: string,
    ): EventEntry {
      return { kind: "event", owner, name, heading: `Event: '${name}'`, provoke, carries, behaviour };
    },
  };
}
