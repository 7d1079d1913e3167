import { upgradeRequest } from "../stage.ts";
import { entriesOf, type Entry, use } from "./entry.ts";
import * as a from "./kinds.ts";

const client = entriesOf("client");
const { attribute, event, method } = entriesOf("engine");
const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

export const clientEntries: readonly Entry[] = [
  client.attribute("client.conn", a.connection, "shows its client, and what the connection under it does"),
  client.attribute("client.request", a.request, "shows its client, and what the connection under it does"),
];

export const engineEntries: readonly Entry[] = [
  event(
    "connection_error",
    ({ origin }) => fetch(`${origin}${HANDSHAKE}&sid=unknown`),
    [a.anObject],
    "tells of connections that it refuses",
  ),
  event(
    "headers",
    ({ origin }) => fetch(origin + HANDSHAKE),
    [a.anObject, a.request],
    "lets the headers of every response be changed",
  ),
  event(
    "initial_headers",
    ({ origin }) => fetch(origin + HANDSHAKE),
    [a.anObject, a.request],
    "lets the headers of the first response of a session be changed",
  ),
  attribute("engine.clientsCount", a.number, "counts its clients, also those that are in no namespace"),
  attribute("engine.generateId", a.functions, "takes its session ids from a function that may be replaced"),
  method(
    "engine.handleUpgrade(request, socket, head)",
    3,
    [use(upgradeRequest, a.nothing)],
    "takes an upgrade that the application hands over, beside a plain WebSocket server",
  ),
  method("engine.use(middleware)", 1, [use([() => {}], a.itself)], "sees every request, upgrades too"),
];
