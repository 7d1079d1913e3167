import uWS from "uWebSockets.js";
import { describe, expect, it } from "vitest";
import { type UwsApp, type UwsBehavior, type UwsHandler, uwsHost } from "../src/index.ts";
import { ask, refusal, WebSocketClient } from "./clients.ts";
import { Acceptor, expectNativeAddon, HOST_OPTIONS, listen } from "./support.ts";

const WRITES = new Set(["writeStatus", "writeHeader", "end", "endWithoutBody", "upgrade", "send"]);

/** Writes down which calls reach a native object, those that write outside a cork marked; all go through to it. */
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
      "onAborted",
      "getRemoteAddressAsText",
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
    expect(watch.calls.slice(2)).toEqual(["cork", "writeStatus", "upgrade", "getUserData"]);
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
