import { expect, it } from "vitest";
import { summarise } from "./statistics.ts";
import { table } from "./table.ts";

const aims = [{ implementation: "skein-ws", against: "reference", atMost: 0.48 }] as const;

it("a table has a block for each scenario, a line for each implementation, and columns that say something", () => {
  const rounds = [
    new Map([
      ["socket.io-ws" as const, [{ kind: "cpu" as const, user: 15, system: 5 }]],
      ["skein-ws" as const, [{ kind: "cpu" as const, user: 5, system: 5 }]],
    ]),
  ];
  expect(table(summarise([{ name: "echo", unit: "event", aims }], rounds)).split("\n")).toEqual([
    "echo (per event)",
    "                  median        least – most      user    system        ÷ socket.io   aim",
    "  socket.io-ws   20.0 µs   20.0 µs – 20.0 µs   15.0 µs   5.00 µs",
    "  skein-ws       10.0 µs   10.0 µs – 10.0 µs   5.00 µs   5.00 µs   0.50 (0.50–0.50)   ✗ ≤ 0.48",
  ]);
});

it("a table of memory shows the heap's share", () => {
  const rounds = [new Map([["skein-ws" as const, [{ kind: "memory" as const, rss: 10_240, heap: 5120 }]]])];
  expect(table(summarise([{ name: "idle", unit: "connection", aims: [] }], rounds)).split("\n")).toEqual([
    "idle (per connection)",
    "               median          least – most      heap",
    "  skein-ws   10.0 KiB   10.0 KiB – 10.0 KiB   5.0 KiB",
  ]);
});
