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
 * The native topics of one app, as one host uses them. Topics carry a prefix of their host, so
 * several hosts on one app or in one process never reach each other's ports, whatever the topic
 * names.
 */
export class UwsTopicBus implements TopicBus {
  readonly #app: UwsApp;
  readonly #compressFrom: number;
  readonly #id = randomUUID();
  readonly #prefix = `${this.#id}:`;

  #maxLag = Infinity;

  /**
   * `compressFrom`: minimum length of a compressed message; Infinity if the app does not compress.
   */
  constructor(app: UwsApp, compressFrom: number) {
    this.#app = app;
    this.#compressFrom = compressFrom;
  }

  get maxLag(): number {
    return this.#maxLag;
  }

  /**
   * Sets the maximum bytes that may be buffered for a port. A port may have buffered `maxLag` bytes
   * at the last check and received as many since, and messages published in the turn before that
   * check may not have been in its buffer yet.
   */
  limit(maxBuffered: number): void {
    this.#maxLag = maxBuffered / 4;
  }

  subscribe(port: WebSocketPort, topic: string): void {
    native(port).subscribe(this.#prefix + topic);
  }

  /**
   * Unsubscribes a port; messages published earlier in this turn still arrive. µWebSockets.js
   * delivers them at the turn's end, but not to a socket without topics, so the port keeps another
   * topic to which nothing is published.
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
