import { randomUUID } from "node:crypto";
import { EngineError, type PreparedMessage, type TopicBus, type WebSocketPort } from "@skein/engine";
import type { UwsApp } from "./uws-types.ts";
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
  readonly #id = randomUUID();
  readonly #prefix = `${this.#id}:`;

  constructor(app: UwsApp) {
    this.#app = app;
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
      this.#app.publish(this.#prefix + topic, wireMessage, typeof wireMessage !== "string", false);
    }
  }
}
