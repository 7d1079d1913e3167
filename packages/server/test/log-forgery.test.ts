import { describe, expect, onTestFinished, test, vi } from "vitest";
import { until } from "./behaviour/waiting.ts";
import { hostNames, World } from "./support/world.ts";

/** What would begin a line of its own, colour it, turn it round, or eat the cause as a format. */
const forged = "x\r\n[skein] all is well\u001B[2J\u009B31m\u0085\u2028\u2029\u202E%s%o";

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Lines that are printed from now on. */
function printedLines(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((...all: unknown[]) => {
    expect(all).toHaveLength(1);
    lines.push(...String(all[0]).split("\n"));
  });
  onTestFinished(() => spy.mockRestore());
  return lines;
}

async function joined(world: World, namespace: string) {
  const raw = await world.raw();
  raw.send(`40${namespace},`);
  await raw.next();
  return raw;
}

function expectNoForgery(lines: readonly string[], reports: number): void {
  expect(lines.filter((line) => unsafe.test(line))).toEqual([]);
  expect(lines.filter((line) => !line.startsWith(" "))).toHaveLength(reports);
}

describe.each(hostNames)("on %s, the default report", (host) => {
  test("escapes the name of an event and of a namespace, and cuts them", async () => {
    const world = await World.start({}, host);
    const lines = printedLines();
    world.io.of(/forged/).on("connection", (socket) => {
      socket.onAny(() => {
        throw new Error("a bug");
      });
    });
    const namespace = `/forged ${forged}`;
    const raw = await joined(world, namespace);
    raw.send(`42${namespace},${JSON.stringify([forged])}`, `42${namespace},["${"long".repeat(10_000)}"]`);
    await until(() => lines.filter((line) => line.includes("a bug")).length === 2, "two reports");
    expectNoForgery(lines, 2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_000);
  });

  test("lets no line of an error's message look like one of the log", async () => {
    const world = await World.start({}, host);
    const lines = printedLines();
    world.io.of("/n").on("connection", (socket) => {
      socket.on("login", (name: string) => {
        throw new Error(`unknown user ${name}`, { cause: new Error(name) });
      });
      socket.on("text", (name: string) => {
        // oxlint-disable-next-line only-throw-error -- that's what applications can do
        throw name;
      });
    });
    const raw = await joined(world, "/n");
    for (const event of ["login", "text"]) raw.send(`42/n,${JSON.stringify([event, forged])}`);
    await until(() => lines.filter((line) => line.startsWith("[skein] ")).length >= 2, "two reports");
    expectNoForgery(lines, 2);
  });

  test("lets nothing through of a payload that is no JSON, which the socket hears of", async () => {
    const world = await World.start({}, host);
    const heard: Error[] = [];
    world.io.of("/n").on("connection", (socket) => socket.on("error", (error: Error) => heard.push(error)));
    const raw = await joined(world, "/n");
    raw.send(`42/n,["a",${forged}]`);
    await raw.closed();
    expect(heard.map(({ message }) => message)).toEqual(["invalid payload"]);
    expect(heard.map(({ cause }) => String(cause)).filter((text) => unsafe.test(text))).toEqual([]);
  });
});
