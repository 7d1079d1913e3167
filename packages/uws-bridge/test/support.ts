import { createRequire } from "node:module";
import {
  type EngineOptions,
  type HostHandler,
  type HostOptions,
  Server,
  type WebSocketListener,
  type WebSocketPort,
} from "@skein/engine";
import uWS from "uWebSockets.js";
import { afterEach, expect } from "vitest";
import { type UwsHost, type UwsHostOptions, uwsHost } from "../src/index.ts";

/**
 * Asserts the native addon: without it the package silently falls back to an imitation in
 * JavaScript.
 */
export function expectNativeAddon(): void {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.filter((file) => /uws_\w+\.node$/.test(file))).toHaveLength(1);
  expect(uWS.App().constructor.name).toBe("uWS.App");
}

const cleanups: (() => void)[] = [];

/** Runs when the test has ended, last one first. */
export function cleanUp(task: () => void): void {
  cleanups.push(task);
}

afterEach(() => {
  for (let task = cleanups.pop(); task; task = cleanups.pop()) task();
});

type App = ReturnType<typeof uWS.App>;

/** Lets an app listen on a free port until the test has ended. */
export function listen(app: App): Promise<number> {
  expectNativeAddon();
  return new Promise((resolve, reject) => {
    app.listen(0, (token) => {
      if (token === false) return reject(new Error("the app can't listen"));
      cleanUp(() => (app as App & { close(): void }).close());
      resolve(uWS.us_socket_local_port(token));
    });
  });
}

/** An engine on an app of its own, until the test has ended. */
export async function startEngine(options: EngineOptions = {}): Promise<{ engine: Server; port: number }> {
  const app = uWS.App();
  const engine = new Server(options);
  const host = uwsHost(app);
  engine.attachHost(host);
  cleanUp(() => {
    engine.close();
    host.close();
  });
  return { engine, port: await listen(app) };
}

export const PATH = "/engine/";

export const HOST_OPTIONS: HostOptions = {
  path: PATH,
  webSocket: true,
  maxPayload: 1000,
  maxBuffered: 100_000_000,
  pingInterval: 25_000,
  destroyUpgradeTimeout: undefined,
};

export interface Settings {
  readonly app?: App;
  readonly host?: UwsHostOptions;
  readonly options?: Partial<HostOptions>;
}

export interface Served {
  readonly app: App;
  readonly host: UwsHost;
  readonly port: number;
}

function unexpected(): never {
  throw new Error("the test doesn't expect this request");
}

/** A host on its own app, which serves `handler` until the test has ended. */
export async function serve(handler: Partial<HostHandler>, settings: Settings = {}): Promise<Served> {
  expectNativeAddon();
  const app = settings.app ?? uWS.App();
  const host = uwsHost(app, settings.host);
  host.serve(
    { onRequest: unexpected, onUpgrade: unexpected, onHostClosed: unexpected, ...handler },
    { ...HOST_OPTIONS, ...settings.options },
  );
  return { app, host, port: await listen(app) };
}

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

export function deferred<Value = void>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A listener that records its calls. */
export class Recorder implements WebSocketListener {
  readonly messages: (string | Uint8Array)[] = [];
  readonly heard: string[] = [];
  readonly #closed = deferred<Error | undefined>();
  readonly #waiting: (() => void)[] = [];

  get closed(): Promise<Error | undefined> {
    return this.#closed.promise;
  }

  onMessage(data: string | Uint8Array): void {
    this.messages.push(data);
    this.#hear("message");
  }

  onDrain(): void {
    this.#hear("drain");
  }

  onClose(error?: Error): void {
    this.#hear("close");
    this.#closed.resolve(error);
  }

  /** Waits until `what` was recorded `count` times. */
  async until(what: string, count = 1): Promise<void> {
    while (this.heard.filter((each) => each === what).length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #hear(what: string): void {
    this.heard.push(what);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export interface OpenPort {
  readonly port: WebSocketPort;
  readonly recorder: Recorder;
}

/** A handler that accepts every upgrade request, and hands out the ports in their order. */
export class Acceptor implements Partial<HostHandler> {
  readonly #ports: OpenPort[] = [];
  readonly #waiting: ((open: OpenPort) => void)[] = [];

  readonly onUpgrade: HostHandler["onUpgrade"] = (exchange) => {
    exchange.accept({}, (port) => {
      const open = { port, recorder: new Recorder() };
      const taker = this.#waiting.shift();
      if (taker) taker(open);
      else this.#ports.push(open);
      return open.recorder;
    });
  };

  next(): Promise<OpenPort> {
    const open = this.#ports.shift();
    return open ? Promise.resolve(open) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
