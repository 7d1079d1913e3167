import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Alarm } from "../../../time/clock.ts";
import type { HostResponse } from "../../host.ts";
import { responseText } from "../upgrade-exchange.ts";

/**
 * Returns a fingerprint of a socket's use: bytes written, reading started or paused, and listeners.
 */
function traces(socket: Duplex): string {
  const { bytesWritten } = socket as Partial<Socket>;
  const readers = socket.listenerCount("data") + socket.listenerCount("readable");
  return [bytesWritten, socket.readableFlowing, readers].join();
}

/**
 * Ends the connection of an upgrade that nothing has used when the alarm rings, with a response if
 * there is one.
 */
export class UnclaimedUpgrade implements Alarm {
  readonly #socket: Duplex;
  readonly #response: HostResponse | undefined;
  readonly #before: string;

  constructor(socket: Duplex, response: HostResponse | undefined) {
    this.#socket = socket;
    this.#response = response;
    this.#before = traces(socket);
  }

  ring(): void {
    const socket = this.#socket;
    if (!socket.writable || traces(socket) !== this.#before) return;
    if (this.#response === undefined) {
      socket.end();
      return;
    }
    socket.once("finish", () => socket.destroy());
    socket.end(responseText(this.#response));
  }
}
