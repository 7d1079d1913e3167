/** What programs written for Socket.IO use of its server beyond the documented API (ecosystem, "Server"). */
interface ServerNames {
  /** Every namespace by its name, the main one first. Who deletes an entry makes the server forget that namespace. */
  readonly namespaces: Map<string, unknown>;
}

/** Gives a server those names. They are not listed among its properties, and may be assigned. */
export function nameServer(server: object, { namespaces }: ServerNames): void {
  Object.defineProperty(server, "_nsps", { value: namespaces, writable: true, configurable: true });
}
