import type { IncomingMessage } from "node:http";
import { expect, suite } from "../suite.ts";
import type { World } from "../world.ts";

type Headers = Record<string, unknown>;

/** Writes down every header event, and marks the response with it. */
function watch(world: World): string[] {
  const events: string[] = [];
  for (const event of ["initial_headers", "headers"]) {
    world.engine.on(event, (headers: Headers, request: IncomingMessage) => {
      events.push(`${event} ${request.method}`);
      headers[`x-${event.replace("_", "-")}`] = "seen";
    });
  }
  return events;
}

/** Conformance (engine-protocol, "Middlewares, CORS and cookies"). */
export const headers = suite("headers and cookies", (behaves) => {
  behaves("each polling response may be given headers, the first of a session twice", async (world) => {
    const events = watch(world);
    const { client, server } = await world.polling();
    await client.send("4a");
    server.socket.send("b");
    const { headers: given } = await client.request();
    expect(events).toEqual(["initial_headers GET", "headers GET", "headers POST", "headers GET"]);
    expect([given["x-headers"], given["x-initial-headers"]]).toEqual(["seen", undefined]);
  });

  behaves("what the listeners set is in the first response", async (world) => {
    watch(world);
    const { headers: given } = await world.request(world.target("transport=polling"));
    expect([given["x-headers"], given["x-initial-headers"]]).toEqual(["seen", "seen"]);
  });

  behaves("a WebSocket's handshake may be given headers", async (world) => {
    const events = watch(world);
    const attempt = await world.attempt(world.target("transport=websocket"));
    if (attempt.kind !== "open") throw new Error(`the WebSocket was ${attempt.kind}`);
    const given = attempt.webSocket.headers;
    expect([given["x-headers"], given["x-initial-headers"]]).toEqual(["seen", "seen"]);
    expect(events).toEqual(["initial_headers GET", "headers GET"]);
  });

  behaves("an upgrade is no first response", async (world) => {
    const events = watch(world);
    await world.upgraded();
    expect(events).toEqual(["initial_headers GET", "headers GET", "headers GET"]);
  });

  behaves("errors are given none", async (world) => {
    const events = watch(world);
    const { client } = await world.polling();
    events.length = 0;
    await client.request({ method: "PUT" });
    await world.request(world.target("transport=tobi"));
    await world.request(world.target("transport=polling&sid=unknown"));
    expect(events).toEqual([]);
  });

  behaves("there is no cookie by default", async (world) => {
    const { headers: given } = await world.request(world.target("transport=polling"));
    expect(given["set-cookie"]).toBeUndefined();
  });

  behaves("a cookie carries the id, in the first response only", { cookie: true }, async (world) => {
    const { headers: given, body } = await world.request(world.target("transport=polling"));
    const [, sid = ""] = /"sid":"([^"]+)"/.exec(body.toString()) ?? [];
    expect(given["set-cookie"]).toEqual([`io=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
    const { server } = await world.connection().then((connection) => ({ server: connection }));
    server.socket.send("a");
    const next = await world.request(world.target(`transport=polling&sid=${sid}`));
    expect(next.headers["set-cookie"]).toBeUndefined();
  });

  behaves("a WebSocket's handshake carries no cookie", { cookie: true }, async (world) => {
    const attempt = await world.attempt(world.target("transport=websocket"));
    if (attempt.kind !== "open") throw new Error(`the WebSocket was ${attempt.kind}`);
    expect(attempt.webSocket.headers["set-cookie"]).toBeUndefined();
  });

  for (const [title, cookie, expected] of [
    ["a name", { name: "woot" }, "woot=; Path=/; HttpOnly; SameSite=Lax"],
    ["a path", { name: "io", path: "/custom" }, "io=; Path=/custom; HttpOnly; SameSite=Lax"],
    ["no HttpOnly", { name: "io", httpOnly: false }, "io=; Path=/; SameSite=Lax"],
    [
      "an age",
      { name: "io", maxAge: 60, sameSite: "strict" },
      "io=; Max-Age=60; Path=/; HttpOnly; SameSite=Strict",
    ],
    [
      "a domain",
      { name: "io", domain: "a.example", secure: true },
      "io=; Domain=a.example; Path=/; HttpOnly; Secure; SameSite=Lax",
    ],
  ] as const) {
    behaves(`a cookie may have ${title}`, { cookie }, async (world) => {
      const { headers: given } = await world.request(world.target("transport=polling"));
      expect(given["set-cookie"]?.[0]?.replace(/=[\w-]{20};/, "=;")).toBe(expected);
    });
  }

  behaves("a cookie may be added to that of the engine", { cookie: true }, async (world) => {
    world.engine.on("initial_headers", (given: Headers) => {
      given["set-cookie"] = "mine=1";
    });
    const { headers: given } = await world.request(world.target("transport=polling"));
    expect(given["set-cookie"]).toHaveLength(2);
    expect(given["set-cookie"]).toContain("mine=1");
  });
});
