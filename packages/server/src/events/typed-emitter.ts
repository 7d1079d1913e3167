import type { EventEmitter } from "node:events";
import type { EventNames, EventParams, EventsMap, ListenableNames, ListenerOf } from "./event-maps.ts";

/**
 * Node.js's EventEmitter with declared event names and arguments.
 * `Listen`: events of the user's map; `Reserved`: events raised by the emitter itself; `Emit`:
 * events accepted by `emit`, which differ if `emit` sends to a peer.
 */
export interface TypedEmitter<Listen extends EventsMap, Emit extends EventsMap, Reserved extends EventsMap>
  extends EventEmitter {
  on<Name extends ListenableNames<Reserved, Listen>>(
    event: Name,
    listener: ListenerOf<Reserved, Listen, Name>,
  ): this;
  once<Name extends ListenableNames<Reserved, Listen>>(
    event: Name,
    listener: ListenerOf<Reserved, Listen, Name>,
  ): this;
  emit<Name extends EventNames<Emit>>(event: Name, ...args: EventParams<Emit, Name>): boolean;
}
