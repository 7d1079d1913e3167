import { upgradeRequest } from "../stage.ts";
import { entriesOf, type Entry, use } from "./entry.ts";
import * as a from "./kinds.ts";

const client = entriesOf("client");
const { attribute, event, method } = entriesOf("engine");
const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

export const clientEntries: readonly Entry[] = [
  client.attribute(
    "client.conn",
    a.connection,
    "exposes its client and the events of the underlying connection",
  ),
  client.attribute(
    "client.request",
    a.request,
    "exposes its client and the events of the underlying connection",
  ),
];

export const engineEntries: readonly Entry[] = [
  event(
    "connection_error",
    ({ origin }) => fetch(`${origin}${HANDSHAKE}&sid=unknown`),
    [a.anObject],
    "reports a refused connection with its request, code, message and context",
  ),
  event(
    "headers",
    ({ origin }) => fetch(origin + HANDSHAKE),
    [a.anObject, a.request],
    "emits headers before every response, and sends the headers of a listener",
  ),
  event(
    "initial_headers",
    ({ origin }) => fetch(origin + HANDSHAKE),
    [a.anObject, a.request],
    "emits initial_headers only before the first response of a session",
  ),
  attribute(
    "engine.clientsCount",
    a.number,
    "counts connected clients, including clients without a namespace",
  ),
  attribute("engine.generateId", a.functions, "generates session ids with a replaceable function"),
  method(
    "engine.handleUpgrade(request, socket, head)",
    3,
    [use(upgradeRequest, a.nothing)],
    "handles an upgrade from the application, next to a plain WebSocket server",
  ),
  method(
    "engine.use(middleware)",
    1,
    [use([() => {}], a.itself)],
    "runs for every request, including upgrades",
  ),
];
