import { get } from "node:https";
import type { HostHandler, HostOptions } from "@skein/engine";
import { withCredentialFiles } from "@skein/testkit";
import uWS from "uWebSockets.js";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type UwsHostOptions, uwsHost } from "../src/index.ts";
import { ask, RawClient, refusal, upgradeRequest, WebSocketClient } from "./clients.ts";
import { Acceptor, deferred, HOST_OPTIONS, listen, PATH, Recorder, serve } from "./support.ts";

function answering(body: string): Partial<HostHandler> {
  return { onRequest: (exchange) => exchange.respond({ status: 200, body }) };
}

/** An app whose own routes respond to requests that no host takes. */
function appWithCatchAll() {
  return uWS
    .App()
    .get("/*", (res) => void res.end("app"))
    .any("/*", (res) => void res.end("app"));
}

describe("a host", () => {
  it("takes all methods of exactly its path, before the catch-all routes of the app", async () => {
    const { port } = await serve(answering("engine"), { app: appWithCatchAll() });
    for (const method of ["GET", "POST", "PUT", "OPTIONS", "DELETE"]) {
      expect((await ask(port, { method, path: `${PATH}?a=b` })).body).toBe("engine");
    }
    for (const path of ["/engine", "/engine/foo", "/engin", "/"]) {
      expect((await ask(port, { path })).body).toBe("app");
    }
  });

  it("takes a path without a slash at its end", async () => {
    const { port } = await serve(answering("engine"), {
      app: appWithCatchAll(),
      options: { path: "/plain" },
    });
    expect((await ask(port, { path: "/plain" })).body).toBe("engine");
    expect((await ask(port, { path: "/plain/" })).body).toBe("app");
  });

  it("takes GET requests for the files that it was told, and no other name", async () => {
    const app = appWithCatchAll();
    const handler: Partial<HostHandler> = {
      onRequest: (exchange) => exchange.respond({ status: 200, body: exchange.request.url }),
    };
    const { port } = await serve(handler, { app, host: { files: ["client.js"] } });
    expect((await ask(port, { path: "/engine/client.js?v=1" })).body).toBe("/engine/client.js?v=1");
    expect((await ask(port, { path: "/engine/other.js" })).body).toBe("app");
    expect((await ask(port, { path: "/engine/client.js", method: "POST" })).body).toBe("app");
  });

  it("finds its files under a path without a slash too", async () => {
    const settings = { host: { files: ["client.js"] }, options: { path: "/plain" } };
    const { port } = await serve(answering("engine"), settings);
    expect((await ask(port, { path: "/plain/client.js" })).body).toBe("engine");
  });

  it("hands upgrade requests over as plain ones when WebSocket isn't its business", async () => {
    const { port } = await serve(answering("plain"), { options: { webSocket: false } });
    expect((await refusal(port)).body).toBe("plain");
  });

  it("takes a request that only claims to be WebSocket as a plain one", async () => {
    const { port } = await serve(answering("plain"));
    expect((await ask(port, { path: `${PATH}?transport=websocket` })).body).toBe("plain");
  });

  it("passes everything on once it is closed, as if it were not there", async () => {
    const { port, host } = await serve(answering("engine"), {
      app: appWithCatchAll(),
      host: { files: ["client.js"] },
    });
    host.close();
    host.close();
    expect((await ask(port)).body).toBe("app");
    expect((await ask(port, { path: "/engine/client.js" })).body).toBe("app");
    expect((await refusal(port)).body).toBe("app");
  });

  it("leaves its path to the next host once it is closed", async () => {
    const app = uWS.App();
    const { port, host } = await serve(answering("first"), { app });
    host.close();
    const acceptor = new Acceptor();
    uwsHost(app).serve(
      {
        onRequest: (exchange) => exchange.respond({ status: 200, body: "second" }),
        onUpgrade: acceptor.onUpgrade,
        onHostClosed: () => {},
      },
      HOST_OPTIONS,
    );
    expect((await ask(port)).body).toBe("second");
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    expect(await client.until((text) => text.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("refuses a path of the app that another host serves", async () => {
    const app = uWS.App();
    const { port } = await serve(answering("first"), { app });
    const handler: HostHandler = { onRequest: () => {}, onUpgrade: () => {}, onHostClosed: () => {} };
    expect(() => uwsHost(app).serve(handler, HOST_OPTIONS)).toThrow(
      expect.objectContaining({
        code: "ALREADY_ATTACHED",
        message: expect.stringMatching(
          /an engine at "\/engine\/" can't be .* an engine at "\/engine\/" is attached/,
        ),
      }),
    );
    expect((await ask(port)).body).toBe("first");
  });

  it("gives the path of a host that is retired to another, and leaves it there when the first closes", async () => {
    const app = uWS.App();
    const { port, host } = await serve(answering("first"), { app });
    host.retire();
    expect((await ask(port)).body).toBe("first");
    const second = uwsHost(app);
    const handler: HostHandler = {
      onRequest: (exchange) => exchange.respond({ status: 200, body: "second" }),
      onUpgrade: () => {},
      onHostClosed: () => {},
    };
    second.serve(handler, HOST_OPTIONS);
    host.close();
    expect((await ask(port)).body).toBe("second");
  });

  it("refuses WebSocket settings that a route of the app can't change to, and leaves the path free", async () => {
    const app = uWS.App();
    const { port, host } = await serve(answering("first"), { app });
    host.close();
    const handler: HostHandler = {
      onRequest: (exchange) => exchange.respond({ status: 200, body: "third" }),
      onUpgrade: () => {},
      onHostClosed: () => {},
    };
    expect(() => uwsHost(app).serve(handler, { ...HOST_OPTIONS, maxPayload: 2000 })).toThrow(
      expect.objectContaining({ code: "INVALID_STATE", message: expect.stringContaining("settings") }),
    );
    uwsHost(app).serve(handler, HOST_OPTIONS);
    expect((await ask(port)).body).toBe("third");
  });

  it("lets open connections live when it is closed", async () => {
    const acceptor = new Acceptor();
    const { port, host } = await serve(acceptor);
    const client = await WebSocketClient.open(port);
    const open = await acceptor.next();
    host.close();
    open.port.send(["still here"], false);
    expect(await client.received(1)).toEqual(["still here"]);
  });

  it("tells each port when its app is closed", async () => {
    const acceptor = new Acceptor();
    const { port, app } = await serve(acceptor);
    const client = await WebSocketClient.open(port);
    const { recorder } = await acceptor.next();
    (app as typeof app & { close(): void }).close();
    await recorder.closed;
    await client.closed;
  });
});

describe("a host on an SSLApp", () => {
  it("has secure requests, over HTTPS and WSS", async () => {
    const secure: boolean[] = [];
    const upgraded = deferred();
    const app = await withCredentialFiles((key_file_name, cert_file_name) =>
      uWS.SSLApp({ key_file_name, cert_file_name }),
    );
    uwsHost(app).serve(
      {
        onRequest(exchange) {
          secure.push(exchange.request.secure);
          exchange.respond({ status: 200, body: "tls" });
        },
        onUpgrade(exchange) {
          secure.push(exchange.request.secure);
          exchange.accept({}, () => new Recorder());
          upgraded.resolve();
        },
        onHostClosed: () => {},
      },
      HOST_OPTIONS,
    );
    const port = await listen(app);
    const status = await new Promise((resolve, reject) => {
      get({ port, path: PATH, rejectUnauthorized: false, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });
    const ws = new WebSocket(`wss://127.0.0.1:${port}${PATH}`, { rejectUnauthorized: false });
    await upgraded.promise;
    ws.on("error", () => {});
    ws.terminate();
    expect(status).toBe(200);
    expect(secure).toEqual([true, true]);
  });

  it("behind a proxy that ends TLS can be told so", async () => {
    const seen = deferred<boolean>();
    const handler: Partial<HostHandler> = {
      onRequest(exchange) {
        seen.resolve(exchange.request.secure);
        exchange.respond({ status: 200 });
      },
    };
    const { port } = await serve(handler, { host: { ssl: true } });
    await ask(port);
    expect(await seen.promise).toBe(true);
  });
});

const idle: HostHandler = { onRequest: () => {}, onUpgrade: () => {}, onHostClosed: () => {} };

/** What a host sets its WebSocket route up with, on an app that takes it. */
function settingsOf(options: UwsHostOptions, ofEngine: Partial<HostOptions> = {}): object {
  const app = uWS.App();
  const ws = app.ws.bind(app);
  let settings: object = {};
  app.ws = (pattern, behavior) => {
    settings = behavior;
    return ws(pattern, behavior);
  };
  uwsHost(app, options).serve(idle, { ...HOST_OPTIONS, ...ofEngine });
  return settings;
}

describe("options", () => {
  it.each([
    { idleTimeout: 7 },
    { idleTimeout: 961 },
    { idleTimeout: 10.5 },
    { idleTimeout: Number.NaN },
    { maxBackpressure: 0 },
    { maxBackpressure: Number.POSITIVE_INFINITY },
    { compression: -1 },
    { maxLifetime: 241 },
    { perMessageDeflate: { threshold: -1 } },
  ])("that would end the process or the bound are refused: %o", (options) => {
    expect(() => uwsHost(uWS.App(), options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  it.each([
    { idleTimeout: 0 },
    { idleTimeout: 8 },
    { idleTimeout: 960 },
    { maxLifetime: 240 },
    { perMessageDeflate: true },
  ])("are taken: %o", async (host) => {
    const { port } = await serve(new Acceptor(), { host, options: { pingInterval: 7000 } });
    const client = new RawClient(port);
    await client.write(upgradeRequest());
    expect(await client.until((text) => text.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("that would close every client between two pings are refused, and the path stays free", () => {
    const app = uWS.App();
    const options: HostOptions = { ...HOST_OPTIONS, pingInterval: 30_000 };
    expect(() => uwsHost(app, { idleTimeout: 30 }).serve(idle, options)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
    uwsHost(app, { idleTimeout: 31 }).serve(idle, options);
  });

  it.each([
    [25_000, 120],
    [120_000, 129],
    [2_000_000, 0],
  ])("leave the idle timeout longer than a ping interval of %i ms: %i s", (pingInterval, expected) => {
    expect(settingsOf({}, { pingInterval })).toMatchObject({ idleTimeout: expected });
  });

  it("reach µWebSockets.js, and so do those of the engine", () => {
    const options = {
      compression: 1,
      idleTimeout: 60,
      maxLifetime: 90,
      maxBackpressure: 5000,
      closeOnBackpressureLimit: true,
    };
    expect(settingsOf(options)).toMatchObject({ ...options, maxPayloadLength: HOST_OPTIONS.maxPayload });
    expect(settingsOf({}, { maxBuffered: 1000 })).toMatchObject({ maxBackpressure: 4000 });
    expect(settingsOf({}, { maxBuffered: Infinity })).toMatchObject({ maxBackpressure: 0x7fff_ffff });
  });

  it("may have no bound on the payload", async () => {
    const { port } = await serve(answering("engine"), { options: { maxPayload: Number.POSITIVE_INFINITY } });
    expect((await ask(port)).body).toBe("engine");
  });
});
