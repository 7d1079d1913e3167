import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Alarm } from "../../../time/clock.ts";
import type { HostResponse } from "../../host.ts";
import { responseText } from "../upgrade-exchange.ts";

/** What shows that something uses a socket: bytes that were written, a flow that was begun or paused, and listeners. */
function traces(socket: Duplex): string {
  const { bytesWritten } = socket as Partial<Socket>;
  const readers = socket.listenerCount("data") + socket.listenerCount("readable");
  return [bytesWritten, socket.readableFlowing, readers].join();
}

/** Ends the connection of an upgrade if nothing has touched it by the time it rings, with an answer where there is one. */
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
