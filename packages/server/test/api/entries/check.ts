import { expect } from "vitest";
import { Server } from "../../../src/index.ts";
import { called } from "../../behaviour/waiting.ts";
import { type Stage, startStage } from "../stage.ts";
import { closedAfterwards } from "../support.ts";
import type { AttributeEntry, ConstructorEntry, Entry, EventEntry, MethodEntry } from "./entry.ts";
import { headings } from "./headings.ts";

type Start = () => Promise<Stage>;

type Method = (...args: unknown[]) => unknown;

/** Makes a server of any arguments, as JavaScript would. */
function construct(args: readonly unknown[]): Server {
  return closedAfterwards(Reflect.construct(Server, args) as Server);
}

async function checkMethod({ owner, name, arity, uses }: MethodEntry, start: Start): Promise<void> {
  for (const { args, gives } of uses) {
    const stage = await start();
    const subject = stage[owner];
    const method: unknown = Reflect.get(subject, name);
    expect(method).toBeInstanceOf(Function);
    const [least, most] = arity;
    const given = await args(stage);
    expect(given.length).toBeGreaterThanOrEqual(least);
    // A function's length leaves out parameters with defaults and rest parameters.
    expect((method as Method).length).toBeGreaterThanOrEqual(least);
    expect((method as Method).length).toBeLessThanOrEqual(most);
    await gives(Reflect.apply(method as Method, subject, given), subject, stage);
  }
}

async function checkConstructor({ arity, uses }: ConstructorEntry, start: Start): Promise<void> {
  const stage = await start();
  for (const { args, gives } of uses) {
    const made = construct(await args(stage));
    expect(made).toBeInstanceOf(Server);
    expect(Server.length).toBeLessThanOrEqual(arity[1]);
    await gives(made, made, stage);
  }
}

async function checkAttribute({ owner, name, holds }: AttributeEntry, start: Start): Promise<void> {
  const stage = await start();
  expect(name in stage[owner]).toBe(true);
  await holds(Reflect.get(stage[owner], name), stage[owner], stage);
}

async function checkEvent({ owner, name, provoke, carries }: EventEntry, start: Start): Promise<void> {
  const stage = await start();
  const event = called<unknown[]>(`the event ${name}`);
  const on = Reflect.get(stage[owner], "on") as Method;
  Reflect.apply(on, stage[owner], [name, event.fn]);
  await provoke(stage);
  const args = await event.args;
  for (const [index, kind] of carries.entries()) await kind(args[index], stage[owner], stage);
}

/** Rejects unless there is what the entry describes. `start`: where to look. */
export async function check(entry: Entry, start: Start = startStage): Promise<void> {
  if (entry.kind === "method") await checkMethod(entry, start);
  else if (entry.kind === "constructor") await checkConstructor(entry, start);
  else if (entry.kind === "attribute") await checkAttribute(entry, start);
  else await checkEvent(entry, start);
}

/** Throws unless these are the entries of the page, each once. */
export function checkComplete(entries: readonly Entry[]): void {
  const listed = Object.entries(headings).flatMap(([owner, texts]) =>
    texts.map((text) => `${owner} ${text}`),
  );
  const described = entries.map(({ owner, heading }) => `${owner} ${heading}`);
  expect(described).toHaveLength(101);
  expect(described.toSorted()).toEqual(listed.toSorted());
}

/** Throws unless every entry names a test that exists. */
export function checkProved(entries: readonly Entry[], titles: ReadonlySet<string>): void {
  const unproved = entries.filter(({ behaviour }) => !titles.has(behaviour));
  expect(unproved.map(({ heading, behaviour }) => `${heading}: ${behaviour}`)).toEqual([]);
}
