import type { Parser } from "@skein/parser";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import { once } from "../behaviour/waiting.ts";
import { chunked, msgpack } from "../swap/support/parsers.ts";
import { next } from "../support/world.ts";
import { CROWD, UwsServer } from "./support/party.ts";

/** A crowd that is large enough for broadcasts to be published, and one more who polls. */
async function crowdSpeaking(parser: Parser): Promise<{ party: UwsServer; clients: ClientSocket[] }> {
  const party = await UwsServer.onUws({ parser });
  onTestFinished(() => party.close());
  const manners = [...Array.from({ length: CROWD }, () => "websocket"), "polling"];
  const clients = manners.map((transport) =>
    connect(party.origin, { parser, forceNew: true, reconnection: false, transports: [transport] }),
  );
  onTestFinished(() => clients.forEach((client) => void client.disconnect()));
  await Promise.all(clients.map((client) => once(client, "connect")));
  return { party, clients };
}

test.each([
  ["MessagePack", msgpack, 1],
  ["a codec of several parts", chunked, 4],
])("what %s makes of a broadcast is published natively, whole and in order", async (_name, parser, parts) => {
  const { party, clients } = await crowdSpeaking(parser);
  const stories = clients.map((client) => {
    const events: unknown[] = [];
    client.onAny((name, ...args) => events.push([name, ...args]));
    return events;
  });
  const ends = clients.map((client) => next(client, "end"));
  for (const { id } of clients) party.io.to(id ?? "").emit("before", 1);
  party.io.emit("news", { n: 1 }, "text");
  for (const { id } of clients) party.io.sockets.sockets.get(id ?? "")?.emit("between", 2);
  party.io.emit("end", [3]);
  await Promise.all(ends);
  const expected = [
    ["before", 1],
    ["news", { n: 1 }, "text"],
    ["between", 2],
    ["end", [3]],
  ];
  for (const events of stories) expect(events).toEqual(expected);
  expect(party.published.count).toBe(2 * parts);
});
