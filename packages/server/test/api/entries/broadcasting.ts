import type { Owner } from "../stage.ts";
import { clientOf } from "../support.ts";
import { entriesOf, type EventEntry, type MethodEntry, use } from "./entry.ts";
import * as a from "./kinds.ts";

/** What the page lists for the server and for a namespace alike, by its name. */
export function broadcastingOf(owner: Owner): Readonly<Record<string, MethodEntry>> {
  const { method } = entriesOf(owner);
  const of = (rest: string) => `${owner}.${rest}`;
  const entries = [
    method(
      of("disconnectSockets(close)"),
      0,
      [use([], a.nothing), use([true], a.nothing)],
      "disconnectSockets disconnects the matching sockets and no others",
    ),
    method(
      of("emit(eventName, ...args)"),
      1,
      [use(["event"], a.alwaysTrue), use(["event", 1, Buffer.from("x")], a.alwaysTrue)],
      "a broadcast reaches every client once",
    ),
    method(
      of("emitWithAck(eventName, ...args)"),
      1,
      [use(["event"], a.rejected)],
      "emitWithAck resolves with the answers",
    ),
    method(
      of("except(rooms)"),
      1,
      [use(["a"], a.operator), use([["a", "b"]], a.operator)],
      "except leaves a room out, and wins over to",
    ),
    method(
      of("fetchSockets()"),
      0,
      [use([], a.promised(a.list))],
      "fetchSockets lists the sockets, with id, rooms, data and handshake",
    ),
    method(
      of("in(room)"),
      1,
      [use(["a"], a.operator), use([["a", "b"]], a.operator)],
      "to a room reaches those in the room, and in is the same",
    ),
    method(
      of("serverSideEmit(eventName, ...args)"),
      1,
      [use(["event"], a.alwaysTrue), use(["event", 1, () => {}], a.alwaysTrue)],
      "an event, and does not receive it itself",
    ),
    method(
      of("serverSideEmitWithAck(eventName, ...args)"),
      1,
      [use(["event", 1], a.pending)],
      "an event, and resolves with one response per other server",
    ),
    method(
      of("socketsJoin(rooms)"),
      1,
      [use(["a"], a.nothing), use([["a", "b"]], a.nothing)],
      "socketsJoin and socketsLeave move the matching sockets",
    ),
    method(
      of("socketsLeave(rooms)"),
      1,
      [use(["a"], a.nothing), use([["a", "b"]], a.nothing)],
      "socketsJoin and socketsLeave move the matching sockets",
    ),
    method(
      of("timeout(value)"),
      1,
      [use([1000], a.operator)],
      "a client that does not answer in time is an error with the answers of the others",
    ),
    method(
      of("to(room)"),
      1,
      [use(["a"], a.operator), use([["a", "b"]], a.operator)],
      "to a room reaches those in the room, and in is the same",
    ),
    method(
      of("use(fn)"),
      1,
      [use([() => {}], a.itself)],
      "middlewares run in order, then the client is connected",
    ),
  ];
  return Object.fromEntries(entries.map((entry) => [entry.name, entry]));
}

/** The events with which the server and a namespace alike tell of a client. */
export function announcementsOf(owner: Owner): readonly EventEntry[] {
  const announced = (name: string, behaviour: string) =>
    entriesOf(owner).event(name, ({ origin }) => clientOf(origin), [a.socket], behaviour);
  return [
    announced("connect", "connect listeners run before connection listeners"),
    announced("connection", "a client that joins the main namespace is announced and connected"),
  ];
}
