import { describe, expect, test } from "vitest";
import { Server } from "../../src/index.ts";
import { called } from "../behaviour/waiting.ts";
import { headings } from "./entries/headings.ts";
import type { AttributeEntry, ConstructorEntry, EventEntry, MethodEntry } from "./entries/entry.ts";
import { entries } from "./entries.ts";
import { startStage } from "./stage.ts";
import { closedAfterwards } from "./support.ts";
import { testTitles } from "./titles.ts";

type Method = (...args: unknown[]) => unknown;

/** Makes a server of any arguments, as JavaScript would. */
function construct(args: readonly unknown[]): Server {
  return closedAfterwards(Reflect.construct(Server, args) as Server);
}

async function checkMethod({ owner, name, arity, uses }: MethodEntry): Promise<void> {
  for (const { args, gives } of uses) {
    const stage = await startStage();
    const subject = stage[owner];
    const method: unknown = Reflect.get(subject, name);
    expect(method).toBeInstanceOf(Function);
    const [least, most] = arity;
    const given = await args(stage);
    expect(given.length).toBeGreaterThanOrEqual(least);
    // A function's length leaves out parameters with defaults and rest parameters.
    expect((method as Method).length).toBeLessThanOrEqual(most);
    await gives(Reflect.apply(method as Method, subject, given), subject, stage);
  }
}

async function checkConstructor({ arity, uses }: ConstructorEntry): Promise<void> {
  const stage = await startStage();
  for (const { args, gives } of uses) {
    const made = construct(await args(stage));
    expect(made).toBeInstanceOf(Server);
    expect(Server.length).toBeLessThanOrEqual(arity[1]);
    await gives(made, made, stage);
  }
}

async function checkAttribute({ owner, name, holds }: AttributeEntry): Promise<void> {
  const stage = await startStage();
  expect(name in stage[owner]).toBe(true);
  await holds(Reflect.get(stage[owner], name), stage[owner], stage);
}

async function checkEvent({ owner, name, provoke, carries }: EventEntry): Promise<void> {
  const stage = await startStage();
  const event = called<unknown[]>(`the event ${name}`);
  const on = Reflect.get(stage[owner], "on") as Method;
  Reflect.apply(on, stage[owner], [name, event.fn]);
  await provoke(stage);
  const args = await event.args;
  for (const [index, kind] of carries.entries()) await kind(args[index], stage[owner], stage);
}

describe("the table of the API", () => {
  test("has the 101 entries of the page, each once", () => {
    const listed = Object.entries(headings).flatMap(([owner, texts]) =>
      texts.map((text) => `${owner} ${text}`),
    );
    const described = entries.map(({ owner, heading }) => `${owner} ${heading}`);
    expect(described).toHaveLength(101);
    expect(described.toSorted()).toEqual(listed.toSorted());
  });

  test("names for every entry a test that exists and runs", () => {
    const titles = testTitles();
    const unproved = entries.filter(({ behaviour }) => !titles.has(behaviour));
    expect(unproved.map(({ heading, behaviour }) => `${heading}: ${behaviour}`)).toEqual([]);
  });
});

describe("on real objects there is", () => {
  for (const entry of entries) {
    test(`${entry.owner}: ${entry.heading}`, async () => {
      if (entry.kind === "method") await checkMethod(entry);
      else if (entry.kind === "constructor") await checkConstructor(entry);
      else if (entry.kind === "attribute") await checkAttribute(entry);
      else await checkEvent(entry);
    });
  }
});
