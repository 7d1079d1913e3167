import { RESERVED_EVENTS } from "@skein/parser";
import { ServerError } from "../errors.ts";

/** Names that `serverSideEmit` refuses, because servers raise them on their own namespaces. */
const SERVER_SIDE_RESERVED: ReadonlySet<string> = new Set(["connect", "connection", "new_namespace"]);

function refuse(name: string): never {
  throw new ServerError("RESERVED_EVENT", `"${name}" is a reserved event name`);
}

/** Throws if this event must not be sent to clients (server-api, "Reserved names"). */
export function checkClientEvent(name: unknown): void {
  if (typeof name === "string" && RESERVED_EVENTS.has(name)) refuse(name);
}

/** Throws if this event must not be sent to other servers. */
export function checkServerEvent(name: unknown): void {
  if (typeof name === "string" && SERVER_SIDE_RESERVED.has(name)) refuse(name);
}
