import type { AckCallback, Adapter } from "@skein/adapter";
import { type Packet, PacketType } from "@skein/parser";
import type { Event, Namespace } from "../api.ts";
import { OutgoingEvents } from "./outgoing-events.ts";

/** An event as received. */
export interface ArrivedEvent {
  readonly data?: unknown;
  readonly id?: number;
}

/**
 * Undocumented members of sockets that Socket.IO programs use (ecosystem, "Socket, Client"). All
 * are on the prototype, so that unused ones cost no memory per socket.
 */
export abstract class SocketNames extends OutgoingEvents {
  abstract readonly nsp: Namespace;
  abstract readonly client: { send(packet: Packet): void };

  /** The server of the namespace. */
  get server(): unknown {
    return Reflect.get(this.nsp, "server") as unknown;
  }

  /** The adapter of the namespace. */
  get adapter(): Adapter {
    return this.nsp.adapter;
  }

  /**
   * Called with every event from the client. A replacement set on a socket is called first, and
   * with all events.
   */
  onevent({ data, id }: ArrivedEvent): void {
    const event = data as Event;
    if (id !== undefined) event.push(this.ack(id));
    this.eventArrived(event);
  }

  /** Returns a function that acknowledges the event of this id, once. */
  ack(id: number): AckCallback {
    let answered = false;
    return (...data) => {
      if (answered) return;
      answered = true;
      this.client.send({ type: PacketType.ACK, nsp: this.nsp.name, id, data });
    };
  }
}
