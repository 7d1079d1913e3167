import type { BodyOutcome } from "@skein/engine";
import { memoryHeld } from "@skein/testkit";
import { array, assert, asyncProperty, nat, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyCollector } from "../src/http/body-collector.ts";

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function outcomeOf(collector: BodyCollector, limit: number): Promise<BodyOutcome> {
  return new Promise((resolve) => collector.read(limit, resolve));
}

function text(outcome: BodyOutcome): string {
  return outcome.kind === "complete" ? Buffer.from(outcome.bytes).toString("hex") : outcome.kind;
}

describe("a body collector", () => {
  it("gives back any chunks in their order up to the limit, and says too large above it", async () => {
    await assert(
      asyncProperty(
        array(uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 }),
        nat(200),
        nat(12),
        async (chunks, limit, askedAfter) => {
          const collector = new BodyCollector(limit, undefined);
          let outcome: Promise<BodyOutcome> | undefined;
          for (const [index, chunk] of chunks.entries()) {
            if (index === askedAfter) outcome = outcomeOf(collector, limit);
            collector.push(arrayBuffer(chunk), index === chunks.length - 1);
          }
          const all = Buffer.concat(chunks);
          const settled = await (outcome ?? outcomeOf(collector, limit));
          expect(text(settled)).toBe(all.length > limit ? "too-large" : all.toString("hex"));
        },
      ),
    );
  });

  it("never holds more than the limit, however small the chunks are", async () => {
    const limit = 10_000;
    const collector = new BodyCollector(limit, undefined);
    for (let count = 1; count < limit; count += 1) collector.push(new ArrayBuffer(1), false);
    collector.push(new ArrayBuffer(1), true);
    const outcome = await outcomeOf(collector, limit);
    expect(outcome.kind === "complete" && outcome.bytes.buffer.byteLength).toBe(limit);
  });

  it("costs memory in proportion to its bytes, however small the chunks are", async () => {
    const collector = new BodyCollector(1_000_000, undefined);
    const before = await memoryHeld();
    for (let count = 0; count < 300_000; count += 1) collector.push(new ArrayBuffer(1), false);
    for (let count = 0; count < 300_000; count += 1) collector.push(new ArrayBuffer(0), false);
    expect((await memoryHeld()) - before).toBeLessThan(3 * 300_000);
    collector.push(new ArrayBuffer(1), true);
    expect(await outcomeOf(collector, 1_000_000)).toMatchObject({ bytes: { byteLength: 300_001 } });
  });

  it("never calls back before read has returned", async () => {
    const collector = new BodyCollector(10, 0);
    collector.push(new ArrayBuffer(0), true);
    let called = false;
    const outcome = new Promise((resolve) =>
      collector.read(10, (settled) => {
        called = true;
        resolve(settled);
      }),
    );
    expect(called).toBe(false);
    expect(await outcome).toMatchObject({ kind: "complete" });
  });

  it("refuses an announced length above the limit before any byte has come", async () => {
    expect(await outcomeOf(new BodyCollector(10, 11), 10)).toEqual({ kind: "too-large" });
    expect(await outcomeOf(new BodyCollector(100, 11), 10)).toEqual({ kind: "too-large" });
  });

  it("stays aborted when chunks still come", async () => {
    const collector = new BodyCollector(10, undefined);
    collector.abort();
    collector.push(new ArrayBuffer(1), true);
    expect(await outcomeOf(collector, 10)).toEqual({ kind: "aborted" });
  });
});
