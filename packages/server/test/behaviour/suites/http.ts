import { gunzipSync } from "node:zlib";
import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import { PollingWire } from "../wire/polling-wire.ts";
import { WebSocketWire } from "../wire/websocket-wire.ts";
import { separator } from "../wire/wire.ts";
import { connectedId, type World } from "../world.ts";

const json = (code: number, message: string): string => JSON.stringify({ code, message });

async function polling(world: World) {
  const wire = world.keep(await PollingWire.start(world.origin));
  await wire.send("40");
  return { wire, socket: world.socket(connectedId(await wire.next())) };
}

/** (engine-protocol, "Transcript"), with raw clients instead of official transports. */
export const http = suite("requests and replies", (behaves) => {
  behaves("the replies to a handshake, a poll and a post", async (world) => {
    const open = await world.http("?EIO=4&transport=polling");
    expect(open.status).toBe(200);
    expect(open.headers).toMatchObject({
      "content-type": "text/plain; charset=UTF-8",
      "content-length": String(open.body.length),
      "cache-control": "no-store",
    });
    expect(open.headers["set-cookie"]).toBeUndefined();
    const { wire } = await polling(world);
    const posted = await wire.push('42["a"]');
    expect([posted.status, posted.body]).toEqual([200, "ok"]);
    expect(posted.headers).toMatchObject({
      "content-type": "text/html",
      "content-length": "2",
      "cache-control": "no-store",
    });
  });

  behaves("all that waits goes into one payload, its packets separated", async (world) => {
    const { wire, socket } = await polling(world);
    socket.emit("a");
    socket.emit("b", Buffer.from([1, 2, 3, 4]));
    const { body } = await wire.poll();
    const binary = '451-["b",{"_placeholder":true,"num":0}]';
    expect(body).toBe(['42["a"]', binary, "bAQIDBA=="].join(separator));
  });

  behaves("a payload may hold many packets", async (world) => {
    const { wire, socket } = await polling(world);
    const heard: unknown[] = [];
    socket.onAny((name) => heard.push(name));
    const end = once(socket, "c");
    await wire.push(['42["a"]', '42["b"]', '42["c"]'].join(separator));
    await end;
    expect(heard).toEqual(["a", "b", "c"]);
  });

  behaves("a client that closes while it polls gets a noop", async (world) => {
    const { wire } = await polling(world);
    const asked = world.httpRequest();
    const polled = wire.poll();
    await asked;
    expect((await wire.push("1")).body).toBe("ok");
    expect((await polled).body).toBe("6");
    const { status, body } = await wire.poll();
    expect([status, body]).toEqual([400, json(1, "Session ID unknown")]);
  });

  behaves("a connection the server closes is closed by the next polls", async (world) => {
    const { wire, socket } = await polling(world);
    socket.conn.close();
    expect((await wire.poll()).body).toBe(`6${separator}1`);
    expect((await wire.poll()).body).toBe(json(1, "Session ID unknown"));
  });

  behaves("two polls at once end the session", async (world) => {
    const wire = world.keep(await PollingWire.start(world.origin));
    const asked = world.httpRequest();
    const first = wire.poll();
    await asked;
    const second = await wire.poll();
    expect([second.status, second.body]).toEqual([400, ""]);
    expect(await first).toMatchObject({ status: 200, body: "1" });
    expect((await wire.poll()).body).toBe(json(1, "Session ID unknown"));
  });

  const refused: [name: string, query: string, method: string, status: number, body: string][] = [
    ["an unknown session", "?EIO=4&transport=polling&sid=unknown", "GET", 400, json(1, "Session ID unknown")],
    [
      "a session id of Object's",
      "?EIO=4&transport=polling&sid=__proto__",
      "GET",
      400,
      json(1, "Session ID unknown"),
    ],
    ["an unknown transport", "?EIO=4&transport=pigeon", "GET", 400, json(0, "Transport unknown")],
    [
      "a transport name of Object's",
      "?EIO=4&transport=constructor",
      "GET",
      400,
      json(0, "Transport unknown"),
    ],
    ["no transport", "?EIO=4", "GET", 400, json(0, "Transport unknown")],
    ["a handshake by POST", "?EIO=4&transport=polling", "POST", 400, json(2, "Bad handshake method")],
    ["a handshake by OPTIONS", "?EIO=4&transport=polling", "OPTIONS", 400, json(2, "Bad handshake method")],
    [
      "a WebSocket handshake without an upgrade",
      "?EIO=4&transport=websocket",
      "GET",
      400,
      json(3, "Bad request"),
    ],
    ["an old revision", "?EIO=3&transport=polling", "GET", 400, json(5, "Unsupported protocol version")],
    [
      "a revision of the future",
      "?EIO=5&transport=polling",
      "GET",
      400,
      json(5, "Unsupported protocol version"),
    ],
    ["no revision", "?transport=polling", "GET", 400, json(5, "Unsupported protocol version")],
  ];
  for (const [name, query, method, status, body] of refused) {
    behaves(`${name} is refused with its code`, async (world) => {
      const told = once(world.io.engine, "connection_error");
      const reply = await world.http(query, { method });
      expect([reply.status, reply.body]).toEqual([status, body]);
      expect(reply.headers["content-type"]).toBe("application/json");
      const [error] = await told;
      const { code, message } = JSON.parse(body) as { code: number; message: string };
      expect(error).toMatchObject({ code, message });
      expect((error as { req: { url: string } }).req.url).toBe(`/socket.io/${query}`);
    });
  }

  behaves("polls for a session that has upgraded are refused, and it goes on", async (world) => {
    const wire = world.keep(await WebSocketWire.upgrade(world.origin));
    await wire.send("40");
    const id = connectedId(await wire.next());
    const { status, body } = await world.http(`?EIO=4&transport=polling&sid=${wire.sid}`);
    expect([status, body]).toEqual([400, json(3, "Bad request")]);
    world.socket(id).emit("on");
    expect(await wire.next()).toBe('42["on"]');
  });

  const origin = "http://app.example";

  behaves("CORS is answered as configured", { cors: { origin, credentials: true } }, async (world) => {
    const preflight = await world.http("?EIO=4&transport=polling", {
      method: "OPTIONS",
      headers: { origin },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
    });
    const { headers } = await world.http("?EIO=4&transport=polling", { headers: { origin } });
    expect(headers["access-control-allow-origin"]).toBe(origin);
    const error = await world.http("?EIO=4&transport=pigeon", { headers: { origin } });
    expect([error.status, error.headers["access-control-allow-origin"]]).toEqual([400, origin]);
  });

  behaves("without the cors option no CORS header is sent", async (world) => {
    const { headers } = await world.http("?EIO=4&transport=polling", { headers: { origin } });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  behaves("a cookie is set on the handshake when asked for", { cookie: true }, async (world) => {
    const { headers, body } = await world.http("?EIO=4&transport=polling");
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    expect(headers["set-cookie"]).toEqual([`io=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
  });

  const refuse = (_: unknown, answer: (error: string, ok: boolean) => void): void => answer("nope", false);

  behaves("allowRequest refuses with its message", { allowRequest: refuse }, async (world) => {
    const { status, body } = await world.http("?EIO=4&transport=polling");
    expect([status, body]).toEqual([403, json(4, "nope")]);
    const [error] = await once(world.client(), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  behaves("a large reply is compressed for those who accept it", async (world) => {
    const { wire, socket } = await polling(world);
    const text = "x".repeat(2_000);
    socket.emit("text", text);
    const headers = { "accept-encoding": "gzip" };
    const reply = await world.http(`?EIO=4&transport=polling&sid=${wire.sid}`, { headers });
    expect(reply.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(reply.bytes).toString()).toBe(`42["text","${text}"]`);
  });

  behaves("headers may be changed on the way out", async (world) => {
    const seen: string[] = [];
    const { engine } = world.io;
    engine.on("initial_headers", (headers: Record<string, string>) => {
      seen.push("initial_headers");
      headers["x-first"] = "1";
    });
    engine.on("headers", (headers: Record<string, string>) => {
      seen.push("headers");
      headers["x-any"] = "2";
    });
    const first = await world.http("?EIO=4&transport=polling");
    expect(first.headers).toMatchObject({ "x-first": "1", "x-any": "2" });
    expect(seen).toEqual(["initial_headers", "headers"]);
    const { sid } = JSON.parse(first.body.slice(1)) as { sid: string };
    await world.http(`?EIO=4&transport=polling&sid=${sid}`, { method: "POST", body: "3" });
    expect(seen).toEqual(["initial_headers", "headers", "headers"]);
  });

  const files: [name: string, type: string][] = [
    ["socket.io.js", "application/javascript; charset=utf-8"],
    ["socket.io.min.js", "application/javascript; charset=utf-8"],
    ["socket.io.msgpack.min.js", "application/javascript; charset=utf-8"],
    ["socket.io.esm.min.js", "application/javascript; charset=utf-8"],
    ["socket.io.js.map", "application/json; charset=utf-8"],
    ["socket.io.min.js.map", "application/json; charset=utf-8"],
  ];
  for (const [file, type] of files) {
    behaves(`the client file ${file} is served`, async (world) => {
      const { status, headers, body } = await world.http(file);
      expect(status).toBe(200);
      expect(headers).toMatchObject({ "content-type": type, "cache-control": "public, max-age=0" });
      expect(headers.etag).toMatch(/^"[^"]+"$/);
      expect(body.length).toBeGreaterThan(10_000);
      const again = await world.http(`${file}?v=1`, { headers: { "if-none-match": `W/${headers.etag}` } });
      expect([again.status, again.body]).toEqual([304, ""]);
    });
  }

  behaves("no other file is", async (world) => {
    for (const file of ["socket.io.css", "..%2fpackage.json", "socket.io.js/x"]) {
      expect(await world.http(file)).toMatchObject(world.unknownName);
    }
  });

  behaves("client files can be turned off", { serveClient: false }, async (world) => {
    expect(await world.http("socket.io.js")).toMatchObject(world.unknownName);
  });

  behaves("the path may be chosen", { path: "/chosen" }, async (world) => {
    expect(world.io.path()).toBe("/chosen");
    await once(world.client("/", { path: "/chosen" }), "connect");
  });
});
