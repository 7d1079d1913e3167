import { expect, it } from "vitest";
import { chart } from "./chart.ts";
import { summarise } from "./statistics.ts";

const cpu = (user: number) => [{ kind: "cpu" as const, user, system: 0 }];

it("a chart has a bar for each of Skein's ratios, none longer than the chart, and a mark at each aim", () => {
  const aims = [{ implementation: "skein-ws", against: "reference", atMost: 0.6 }] as const;
  const round = new Map([
    ["socket.io-ws" as const, cpu(10)],
    ["skein-ws" as const, cpu(3)],
    ["socket.io-uws" as const, cpu(10)],
    ["skein-uws" as const, cpu(90)],
  ]);
  const svg = chart(summarise([{ name: "echo", unit: "event", aims }], [round]));
  expect([...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))).toEqual([
    105, 420,
  ]);
  expect([...svg.matchAll(/class="s">([^<]+)</g)].map(([, text]) => text)).toEqual([
    "on ws",
    "0.30",
    "on µWS",
    "9.00",
  ]);
  expect(svg.match(/class="a"/g)).toHaveLength(1);
  expect(svg).toContain(">echo</text>");
});
