import type { EventEmitter } from "node:events";
import type { EventNames, EventParams, EventsMap, ListenableNames, ListenerOf } from "./event-maps.ts";

/**
 * Node's EventEmitter, with the names and arguments of its events declared.
 * `Listen`: events of the user's map that one may listen to; `Reserved`: those that the emitter raises itself;
 * `Emit`: events that `emit` takes, which is not the same where `emit` sends to a peer.
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
