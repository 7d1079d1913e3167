import { once } from "node:events";
import { connect } from "node:net";
import uWS from "uWebSockets.js";
import { describe, expect, it, vi } from "vitest";
import { type UwsApp, type UwsBehavior, type UwsHandler, uwsHost } from "../src/index.ts";
import { ask, refusal, upgradeRequest, WebSocketClient } from "./clients.ts";
import { Acceptor, expectNativeAddon, HOST_OPTIONS, listen, PATH, Recorder } from "./support.ts";

const WRITES = new Set(["writeStatus", "writeHeader", "end", "endWithoutBody", "upgrade", "send"]);

/**
 * Records the calls of a native object, marks those that write outside a cork, and forwards all.
 */
class Watch {
  readonly calls: string[] = [];
  #corked = false;

  around<Native extends object>(native: Native): Native {
    return new Proxy(native, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => this.#call(String(name), () => Reflect.apply(member, target, args));
      },
    });
  }

  app(native: UwsApp): UwsApp {
    const handler =
      (inner: UwsHandler): UwsHandler =>
      (res, req) =>
        inner(this.around(res), req);
    return {
      any: (pattern, inner) => native.any(pattern, handler(inner)),
      get: (pattern, inner) => native.get(pattern, handler(inner)),
      ws: <UserData>(pattern: string, inner: UwsBehavior<UserData>) =>
        native.ws<UserData>(pattern, {
          ...inner,
          upgrade: (res, req, context) => inner.upgrade?.(this.around(res), req, context),
          open: (socket) => inner.open?.(this.around(socket)),
        }),
      publish: (...args) => native.publish(...args),
    };
  }

  #call(name: string, act: () => unknown): unknown {
    this.calls.push(WRITES.has(name) && !this.#corked ? `${name} uncorked` : name);
    if (name !== "cork") return act();
    this.#corked = true;
    try {
      return act();
    } finally {
      this.#corked = false;
    }
  }
}

async function watched(handler: Parameters<ReturnType<typeof uwsHost>["serve"]>[0]) {
  expectNativeAddon();
  const app = uWS.App();
  const watch = new Watch();
  uwsHost(watch.app(app)).serve(handler, HOST_OPTIONS);
  return { watch, port: await listen(app) };
}

const nothing = () => {};

/** What comes first of the answer to an upgrade request, as it comes. */
async function firstChunk(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(upgradeRequest());
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return chunk.toString("latin1");
}

describe("a handler that throws", () => {
  it.each([
    ["request", `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["upgrade", upgradeRequest()],
  ])("leaves the response of a %s one that hears of its end", async (_kind, text) => {
    expectNativeAddon();
    const app = uWS.App();
    const watch = new Watch();
    const thrown: unknown[] = [];
    const contained = (handle: () => void) => {
      try {
        handle();
      } catch (error) {
        thrown.push(error);
      }
    };
    const native = watch.app(app);
    const fail = () => {
      throw new Error("a listener of the application's");
    };
    uwsHost({
      ...native,
      any: (pattern, inner) => native.any(pattern, (res, req) => contained(() => inner(res, req))),
      ws: <UserData>(pattern: string, inner: UwsBehavior<UserData>) =>
        native.ws<UserData>(pattern, {
          ...inner,
          upgrade: (res, req, context) => contained(() => inner.upgrade?.(res, req, context)),
        }),
    }).serve({ onRequest: fail, onUpgrade: fail, onHostClosed: nothing }, HOST_OPTIONS);
    const socket = connect(await listen(app), "127.0.0.1");
    socket.write(text);
    await vi.waitFor(() => expect(thrown).toHaveLength(1), { timeout: 10_000 });
    expect(watch.calls).toContain("onAborted");
    socket.destroy();
  });
});

describe("what is written within a route's handler", () => {
  it("needs neither a cork, which µWebSockets.js has around all handlers, nor an abort listener", async () => {
    const { watch, port } = await watched({
      onRequest: (exchange) => exchange.respond({ status: 200, body: "c" }),
      onUpgrade: nothing,
      onHostClosed: nothing,
    });
    expect(await ask(port)).toMatchObject({ status: 200, body: "c" });
    expect(watch.calls).toEqual(["getRemoteAddressAsText", "writeStatus uncorked", "end uncorked"]);
  });

  it("leaves as a 101 and the first message in one piece", async () => {
    const { port } = await watched({
      onRequest: nothing,
      onUpgrade: (exchange) =>
        exchange.accept({}, (opened) => {
          opened.send(["first"], false);
          return new Recorder();
        }),
      onHostClosed: nothing,
    });
    const first = await firstChunk(port);
    expect(first).toContain("101 Switching Protocols");
    expect(first.endsWith("first")).toBe(true);
  });
});

describe("everything that is written in one cork", () => {
  it("is a whole response, however late", async () => {
    const { watch, port } = await watched({
      onRequest: (exchange) =>
        void setImmediate(() => exchange.respond({ status: 200, headers: { a: "b" }, body: "c" })),
      onUpgrade: nothing,
      onHostClosed: nothing,
    });
    await ask(port);
    expect(watch.calls).toEqual([
      "getRemoteAddressAsText",
      "onAborted",
      "cork",
      "writeStatus",
      "writeHeader",
      "end",
    ]);
  });

  it("is a whole 101, however late", async () => {
    const acceptor = new Acceptor();
    const { watch, port } = await watched({
      onRequest: nothing,
      onUpgrade: (exchange) => void setImmediate(() => acceptor.onUpgrade(exchange)),
      onHostClosed: nothing,
    });
    await WebSocketClient.open(port);
    expect(watch.calls.slice(2)).toEqual(["cork", "upgrade", "getUserData"]);
  });

  it("is a 101 with headers of its own, however late", async () => {
    const { watch, port } = await watched({
      onRequest: nothing,
      onUpgrade: (exchange) => void setImmediate(() => exchange.accept({ a: "b" }, () => new Recorder())),
      onHostClosed: nothing,
    });
    await WebSocketClient.open(port);
    expect(watch.calls.slice(2)).toEqual(["cork", "writeStatus", "writeHeader", "upgrade", "getUserData"]);
  });

  it("is a whole refusal", async () => {
    const { watch, port } = await watched({
      onRequest: nothing,
      onUpgrade: (exchange) => void setImmediate(() => exchange.refuse({ status: 400 })),
      onHostClosed: nothing,
    });
    await refusal(port);
    expect(watch.calls.slice(2)).toEqual(["cork", "writeStatus", "end"]);
  });

  it("is a batch of messages; a single one needs no cork", async () => {
    const acceptor = new Acceptor();
    const { watch, port } = await watched({
      onRequest: nothing,
      onUpgrade: acceptor.onUpgrade,
      onHostClosed: nothing,
    });
    const client = await WebSocketClient.open(port);
    const open = await acceptor.next();
    watch.calls.splice(0);
    open.port.send(["a", "b"], false);
    open.port.send(["c"], false);
    expect(await client.received(3)).toEqual(["a", "b", "c"]);
    expect(watch.calls).toEqual(["cork", "send", "send", "getBufferedAmount", "send uncorked"]);
  });
});
