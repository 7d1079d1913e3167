import { entriesOf, type Entry, use } from "./entry.ts";
import * as a from "./kinds.ts";

const { attribute, event, flag, method } = entriesOf("socket");
const listener = () => {};

export const socketEntries: readonly Entry[] = [
  event(
    "disconnect",
    ({ peer }) => peer.disconnect(),
    [a.text],
    "both events give the reason, and each comes once",
  ),
  event(
    "disconnecting",
    ({ peer }) => peer.disconnect(),
    [a.text],
    "disconnecting sees the rooms, disconnect does not",
  ),
  attribute("socket.client", a.theClient, "exposes its client and the events of the underlying connection"),
  attribute("socket.conn", a.connection, "the transport's name and the protocol's revision are known"),
  attribute("socket.data", a.anObject, "data starts empty and is the socket's own"),
  attribute("socket.handshake", a.anObject, "the handshake tells where the client came from"),
  attribute("socket.id", a.text, "a socket's id is not the secret id of its connection"),
  attribute("socket.recovered", a.truthValue, "a socket is not recovered unless recovery says so"),
  attribute("socket.request", a.request, "headers the client sends are in the handshake and in the request"),
  attribute("socket.rooms", a.set, "rooms is the live set of a socket's rooms, its own first"),
  method(
    "socket.compress(value)",
    1,
    [use([true], a.itself), use([false], a.itself)],
    "binary, uncompressed and volatile events",
  ),
  method(
    "socket.disconnect(close)",
    0,
    [use([], a.itself), use([true], a.itself)],
    "socket.disconnect() tells the client and leaves its connection open",
  ),
  method(
    "socket.emit(eventName, ...args)",
    1,
    [use(["event"], a.alwaysTrue), use(["event", 1, listener], a.alwaysTrue)],
    "an event reaches the client with its arguments",
  ),
  method(
    "socket.emitWithAck(eventName, ...args)",
    1,
    [use(["event", 1], a.pending)],
    "emitWithAck resolves with the first argument, in both directions",
  ),
  method("socket.eventNames()", 0, [use([], a.list)], "eventNames lists a socket's events"),
  method(
    "socket.except(rooms)",
    1,
    [use(["a"], a.operator), use([["a", "b"]], a.operator)],
    "a socket's to, in and except leave itself out",
  ),
  method(
    "socket.in(room)",
    1,
    [use(["a"], a.operator), use([["a", "b"]], a.operator)],
    "a socket's to, in and except leave itself out",
  ),
  method(
    "socket.join(room)",
    1,
    [use(["a"], a.nothing), use([["a", "b"]], a.nothing)],
    "joining and leaving take effect before the next broadcast",
  ),
  method(
    "socket.leave(room)",
    1,
    [use(["a"], a.nothing)],
    "a client that has left a room hears nothing of it",
  ),
  method(
    "socket.listenersAny()",
    0,
    [use([], a.list)],
    "prependAny goes first, offAny removes one listener or all",
  ),
  method(
    "socket.listenersAnyOutgoing()",
    0,
    [use([], a.list)],
    "prependAnyOutgoing goes first, offAnyOutgoing removes one listener or all",
  ),
  method(
    "socket.offAny(listener)",
    0,
    [use([], a.itself), use([listener], a.itself)],
    "prependAny goes first, offAny removes one listener or all",
  ),
  method(
    "socket.offAnyOutgoing(listener)",
    0,
    [use([], a.itself), use([listener], a.itself)],
    "prependAnyOutgoing goes first, offAnyOutgoing removes one listener or all",
  ),
  method(
    "socket.on(eventName, callback)",
    2,
    [use(["event", listener], a.itself)],
    "listeners run in the order they were added, once listeners once",
  ),
  method(
    "socket.onAny(callback)",
    1,
    [use([listener], a.itself)],
    "onAny hears every event with its arguments, before its listeners",
  ),
  method(
    "socket.onAnyOutgoing(callback)",
    1,
    [use([listener], a.itself)],
    "onAnyOutgoing hears what the socket emits and what is broadcast to it",
  ),
  method(
    "socket.once(eventName, listener)",
    2,
    [use(["event", listener], a.itself)],
    "listeners run in the order they were added, once listeners once",
  ),
  method(
    "socket.prependAny(callback)",
    1,
    [use([listener], a.itself)],
    "prependAny goes first, offAny removes one listener or all",
  ),
  method(
    "socket.prependAnyOutgoing(callback)",
    1,
    [use([listener], a.itself)],
    "prependAnyOutgoing goes first, offAnyOutgoing removes one listener or all",
  ),
  method(
    "socket.removeAllListeners(eventName)",
    0,
    [use([], a.itself), use(["event"], a.itself)],
    "no events in removed listeners",
  ),
  method(
    "socket.removeListener(eventName, listener)",
    2,
    [use(["event", listener], a.itself)],
    "a listener that was removed hears nothing",
  ),
  method(
    "socket.send(...args)",
    0,
    [use([], a.itself), use(["a", 1], a.itself), use([listener], a.itself)],
    "send and write are the event message",
  ),
  method(
    "socket.timeout(value)",
    1,
    [use([1000], a.itself)],
    "with a timeout the callback gets no error and the arguments",
  ),
  method(
    "socket.to(room)",
    1,
    // The page says `Socket`; an operator is what can be kept, and what the reference returns.
    [use(["a"], a.operator), use([["a", "b"]], a.operator)],
    "a socket's to, in and except leave itself out",
  ),
  method(
    "socket.use(fn)",
    1,
    [use([listener], a.itself)],
    "they run in order for every event, after the catch-all listeners and before the listeners",
  ),
  flag("broadcast", a.operator, "a socket's broadcast reaches all but itself"),
  flag("volatile", a.itself, "a volatile event reaches a client that is ready for it"),
];
