import { announcementsOf, broadcastingOf } from "./broadcasting.ts";
import { entriesOf, type Entry, use } from "./entry.ts";
import * as a from "./kinds.ts";

const { attribute, flag, method } = entriesOf("namespace");

export const namespaceEntries: readonly Entry[] = [
  attribute("namespace.adapter", a.anObject, "the adapter tells of rooms and of who joins and leaves them"),
  attribute(
    "namespace.name",
    a.text,
    "a name without a slash gets one, and the same name is the same namespace",
  ),
  attribute("namespace.sockets", a.map, "the sockets of a namespace are those of that namespace"),
  ...announcementsOf("namespace"),
  method(
    "namespace.allSockets()",
    0,
    [use([], a.promised(a.set))],
    "are listed by id, as a whole and by room",
  ),
  ...Object.values(broadcastingOf("namespace")),
  flag("local", a.operator, "local and compress change nothing about who is reached"),
  flag("volatile", a.operator, "a volatile broadcast reaches a client that is ready for it"),
];
