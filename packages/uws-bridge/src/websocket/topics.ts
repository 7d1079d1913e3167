import { randomUUID } from "node:crypto";
import { EngineError, type PreparedMessage, type TopicBus, type WebSocketPort } from "@skein/engine";
import type { UwsApp } from "../uws-types.ts";
import { UwsWebSocketPort } from "./websocket-port.ts";

function native(port: WebSocketPort): UwsWebSocketPort {
  if (port instanceof UwsWebSocketPort) return port;
  throw new EngineError(
    "INVALID_STATE",
    "a port of another host can't subscribe to topics of µWebSockets.js",
  );
}

/**
 * The native topics of one app, as one host uses them. All topics carry a prefix of their host, so several hosts, on one
 * app or in one process, never reach each other's ports whatever their topics are called.
 */
export class UwsTopicBus implements TopicBus {
  readonly #app: UwsApp;
  readonly #compressFrom: number;
  readonly #id = randomUUID();
  readonly #prefix = `${this.#id}:`;

  #maxLag = Infinity;

  /** `compressFrom`: length from which messages are compressed; Infinity where the app does not compress. */
  constructor(app: UwsApp, compressFrom: number) {
    this.#app = app;
    this.#compressFrom = compressFrom;
  }

  get maxLag(): number {
    return this.#maxLag;
  }

  /**
   * Says how many bytes may wait for a port at most. A port may have waited with `maxLag` bytes at the last look, has been
   * published as many since, and at that look what was published in the turn before may not have reached its buffer yet.
   */
  limit(maxBuffered: number): void {
    this.#maxLag = maxBuffered / 4;
  }

  subscribe(port: WebSocketPort, topic: string): void {
    native(port).subscribe(this.#prefix + topic);
  }

  /**
   * What was published before in this turn still arrives: µWebSockets.js delivers it at the turn's end, but not to a socket
   * without any topic. So one that gives a topic up keeps another, to which nothing is ever published.
   */
  unsubscribe(port: WebSocketPort, topic: string): void {
    native(port).subscribe(this.#id);
    native(port).unsubscribe(this.#prefix + topic);
  }

  publish(topic: string, messages: readonly PreparedMessage[]): void {
    for (const { wireMessage } of messages) {
      const compress = wireMessage.length >= this.#compressFrom;
      this.#app.publish(this.#prefix + topic, wireMessage, typeof wireMessage !== "string", compress);
    }
  }
}
