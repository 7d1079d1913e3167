import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines } from "../running-engine.ts";
import { Visitor, WAYS } from "./visitor.ts";

afterEach(stopEngines);

/** What stands on a request under the name that middlewares know. */
function queryOn(request: IncomingMessage | null): unknown {
  return Reflect.get(request ?? {}, "_query");
}

describe("the query on a request", () => {
  it.each(WAYS)("is there for middlewares in %s", async (_title, go) => {
    const seen: unknown[] = [];
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((request, _response, next) => {
          seen.push(queryOn(request));
          next();
        }),
    });
    const visitor = new Visitor(running.port);
    await go(visitor);
    expect(seen.at(-1)).toMatchObject({ EIO: "4" });
    expect(Object.getPrototypeOf(seen.at(-1))).toBeNull();
    visitor.leave();
  });

  it("tells a handshake from what follows it", async () => {
    const handshakes: boolean[] = [];
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((request, _response, next) => {
          handshakes.push(!("sid" in (queryOn(request) as object)));
          next();
        }),
    });
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    await visitor.push(sid, "4a");
    await visitor.webSocket(sid);
    visitor.leave();
    expect(handshakes).toEqual([true, false, false]);
  });

  it("is there for allowRequest, generateId, and in connection.request, without any middleware", async () => {
    const seen: unknown[] = [];
    const running = await startEngine({
      allowRequest: (request, callback) => {
        seen.push(queryOn(request));
        callback(null, true);
      },
      prepare: (engine) => {
        engine.generateId = (request) => {
          seen.push(queryOn(request));
          return "an-id";
        };
      },
    });
    await running.polling().handshake("&token=a&token=b&__proto__=c");
    const { connection } = await running.clients.next();
    seen.push(queryOn(connection.request));
    const query = Object.assign(Object.create(null), {
      EIO: "4",
      transport: "polling",
      token: "b",
    }) as object;
    Object.defineProperty(query, "__proto__", { value: "c", enumerable: true });
    expect(seen).toEqual([query, query, query]);
  });

  it("is there for whoever hears of headers and refusals, without any middleware", async () => {
    const seen: unknown[] = [];
    const running = await startEngine({
      prepare: (engine) => {
        engine.on("headers", (_headers, request) => seen.push(queryOn(request)));
        engine.on("connection_error", ({ req }) => seen.push(queryOn(req)));
      },
    });
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    await visitor.push(sid, "4a");
    await running.polling().request({ path: "/engine.io/?EIO=4&transport=polling&sid=another" });
    visitor.leave();
    expect(seen).toMatchObject([{ EIO: "4" }, { sid }, { sid: "another" }]);
  });

  it("is parsed once, and may be changed", async () => {
    const running = await startEngine({
      prepare: (engine) => {
        engine.use((request, _response, next) => {
          (queryOn(request) as Record<string, unknown>)["transport"] = "polling";
          next();
        });
      },
    });
    const answer = await running.polling().request({ path: "/engine.io/?EIO=4&transport=smoke" });
    expect(answer.status).toBe(200);
  });

  it.each([
    [
      "before the engine",
      (request: IncomingMessage) => Reflect.set(request, "_query", { EIO: "4", transport: "polling" }),
    ],
    ["by a middleware", undefined],
  ])("is used when it was set %s", async (_title, before) => {
    const running = await startEngine({
      prepare: (engine) => {
        if (before !== undefined) return;
        engine.use((request, _response, next) => {
          Reflect.set(request, "_query", { EIO: "4", transport: "polling" });
          next();
        });
      },
    });
    const { http, engine } = running;
    http.removeAllListeners("request");
    http.on("request", (request, response) => {
      before?.(request);
      engine.handleRequest(request, response);
    });
    const answer = await running.polling().request({ path: "/anywhere" });
    expect([answer.status, answer.body.toString().slice(0, 8)]).toEqual([200, '0{"sid":']);
  });

  it("of another shape harms nobody", async () => {
    const running = await startEngine({
      prepare: (engine) =>
        void engine.use((request, _response, next) => {
          Reflect.set(request, "_query", { EIO: 4, transport: ["polling"], sid: { toString: "x" } });
          next();
        }),
    });
    const answer = await running.polling().request({});
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      '{"code":0,"message":"Transport unknown"}',
    ]);
  });
});
