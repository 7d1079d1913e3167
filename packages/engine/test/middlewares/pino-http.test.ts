import { Arrivals, networkClient } from "@skein/testkit";
import { pinoHttp } from "pino-http";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningEngine, startEngine, stopEngines, untilWritable } from "../running-engine.ts";
import { Visitor } from "./visitor.ts";

afterEach(stopEngines);

interface Line {
  readonly req: { readonly method: string; readonly url: string };
  readonly res: { readonly statusCode: number };
  readonly msg: string;
}

/** A logger and the lines that it writes. */
function createLog() {
  const lines = new Arrivals<string>();
  const stream = { write: (line: string) => lines.push(summary(JSON.parse(line) as Line)) };
  return { lines, middleware: pinoHttp({}, stream) };
}

function summary({ req, res }: Line): string {
  const transport = new URLSearchParams(req.url.slice(req.url.indexOf("?"))).get("transport");
  return `${req.method} ${transport} ${res.statusCode}`;
}

async function startLogged(): Promise<{ running: RunningEngine; lines: Arrivals<string> }> {
  const { lines, middleware } = createLog();
  const running = await startEngine({ prepare: (engine) => void engine.use(middleware) });
  return { running, lines };
}

describe("pino-http", () => {
  it("logs each long-polling request once, refusals too", async () => {
    const { running, lines } = await startLogged();
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    await visitor.push(sid, "4a");
    (await running.clients.next()).connection.send("b");
    await visitor.poll(sid);
    await visitor.poll("unknown");
    expect(await lines.take(4)).toEqual([
      "GET polling 200",
      "POST polling 200",
      "GET polling 200",
      "GET polling 400",
    ]);
    expect(lines.pending).toEqual([]);
  });

  it("logs a poll that the client leaves once, when it leaves", async () => {
    const { running, lines } = await startLogged();
    const client = running.polling();
    await client.handshake();
    await lines.next();
    const { connection } = await running.clients.next();
    const pending = networkClient(running.port).request({ path: client.target() });
    await untilWritable(connection);
    pending.abort();
    expect(await lines.next()).toMatch(/^GET polling/);
  });

  it("logs a WebSocket once, with its 101, when it closes", async () => {
    const { running, lines } = await startLogged();
    const visitor = new Visitor(running.port);
    await visitor.webSocket();
    const { ended } = await running.clients.next();
    expect(lines.pending).toEqual([]);
    visitor.leave();
    await ended;
    expect(await lines.next()).toBe("GET websocket 101");
  });

  it("logs an upgrade once beside the polls of its session", async () => {
    const { running, lines } = await startLogged();
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    await visitor.webSocket(sid);
    visitor.leave();
    expect(await lines.take(2)).toEqual(["GET polling 200", "GET websocket 101"]);
    await visitor.poll("unknown");
    expect(await lines.next()).toBe("GET polling 400");
    expect(lines.pending).toEqual([]);
  });

  it("logs a refused WebSocket once, with the status that it was refused with", async () => {
    const { running, lines } = await startLogged();
    const visitor = new Visitor(running.port);
    expect((await visitor.webSocket("unknown")).status).toBe(400);
    expect(await lines.next()).toBe("GET websocket 400");
    await visitor.poll("unknown");
    expect(await lines.next()).toBe("GET polling 400");
    expect(lines.pending).toEqual([]);
  });

  it("logs an answer of another middleware once, upgrades included", async () => {
    const { lines, middleware } = createLog();
    const running = await startEngine({
      prepare: (engine) =>
        engine.use(middleware).use((_request, response) => {
          response.writeHead(503, { "Retry-After": "5" }).end("later");
        }),
    });
    const visitor = new Visitor(running.port);
    const expected = { status: 503, headers: { "retry-after": "5" }, body: "later" };
    expect(await visitor.handshake()).toMatchObject(expected);
    expect(await visitor.webSocket()).toMatchObject(expected);
    expect(await lines.take(2)).toEqual(["GET polling 503", "GET websocket 503"]);
    await visitor.handshake();
    expect(await lines.next()).toBe("GET polling 503");
    expect(lines.pending).toEqual([]);
  });
});
