import { describe, expect, it } from "vitest";
import { IMPLEMENTATIONS } from "./implementations.ts";
import { parseOptions } from "./options.ts";

describe("the command line of the benchmark", () => {
  it("runs everything, five rounds of it by default", () => {
    expect(parseOptions([])).toMatchObject({ rounds: 5, short: false, only: [] });
    expect(parseOptions([]).implementations).toEqual(IMPLEMENTATIONS);
    expect(parseOptions(["--short"])).toMatchObject({ rounds: 1, short: true });
  });

  it("takes lists of scenarios and implementations", () => {
    const options = parseOptions(["--only", "echo, ack", "--impl", "skein-ws,socket.io-ws", "--rounds", "3"]);
    expect(options.only).toEqual(["echo", "ack"]);
    expect(options.implementations).toEqual(["socket.io-ws", "skein-ws"]);
    expect(options.rounds).toBe(3);
  });

  it("writes each message by itself unless the pace is another", () => {
    expect(parseOptions([]).pace).toBe("single");
    expect(parseOptions(["--pace", "batched"]).pace).toBe("batched");
    expect(() => parseOptions(["--pace", "fast"])).toThrow("--pace takes single or batched");
  });

  it("says which implementation it does not know, and refuses a number of rounds that is none", () => {
    expect(() => parseOptions(["--impl", "skein-wss"])).toThrow("there is no implementation skein-wss");
    expect(() => parseOptions(["--rounds", "0"])).toThrow("--rounds takes a whole number from 1");
  });
});
