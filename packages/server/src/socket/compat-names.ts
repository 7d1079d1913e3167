import type { AckCallback, Adapter } from "@skein/adapter";
import { type Packet, PacketType } from "@skein/parser";
import type { Event, Namespace } from "../api.ts";
import { OutgoingEvents } from "./outgoing-events.ts";

/** An event as it arrived. */
export interface ArrivedEvent {
  readonly data?: unknown;
  readonly id?: number;
}

/**
 * What programs written for Socket.IO use of its sockets beyond the documented API (ecosystem, "Socket, Client"). All of
 * it is on the prototype: a socket of which nobody uses it holds nothing for it.
 */
export abstract class SocketNames extends OutgoingEvents {
  abstract readonly nsp: Namespace;
  abstract readonly client: { send(packet: Packet): void };

  /** The server of its namespace. */
  get server(): unknown {
    return Reflect.get(this.nsp, "server") as unknown;
  }

  /** The adapter of its namespace. */
  get adapter(): Adapter {
    return this.nsp.adapter;
  }

  /** Called for every event of the client: a function that is set on a socket in its place sees them all, and first. */
  onevent({ data, id }: ArrivedEvent): void {
    const event = data as Event;
    if (id !== undefined) event.push(this.ack(id));
    this.eventArrived(event);
  }

  /** The function that answers the event of this id: once. */
  ack(id: number): AckCallback {
    let answered = false;
    return (...data) => {
      if (answered) return;
      answered = true;
      this.client.send({ type: PacketType.ACK, nsp: this.nsp.name, id, data });
    };
  }
}
