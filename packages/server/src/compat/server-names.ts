/** Undocumented members of the server that Socket.IO programs use (ecosystem, "Server"). */
interface ServerNames {
  /**
   * All namespaces by name, the main one first. Deleting an entry removes that namespace from the
   * server.
   */
  readonly namespaces: Map<string, unknown>;
}

/** Defines these members on a server as writable, non-enumerable properties. */
export function nameServer(server: object, { namespaces }: ServerNames): void {
  Object.defineProperty(server, "_nsps", { value: namespaces, writable: true, configurable: true });
}
