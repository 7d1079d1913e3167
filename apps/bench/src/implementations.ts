/** The measured servers, by their names on the command line. */
export const SERVERS = [
  "socket.io-ws",
  "socket.io-uws",
  "raw-ws",
  "raw-uws",
  "skein-ws",
  "skein-uws",
] as const;
export type ServerName = (typeof SERVERS)[number];

/** The codecs measured alone; "json" is only `JSON.stringify` or `JSON.parse`. */
export const CODECS = ["socket.io-parser", "json", "skein-parser"] as const;
export type CodecName = (typeof CODECS)[number];

/**
 * Servers that show the minimum cost of a part of the work, in the scenario that consists of it.
 */
export const YARDSTICKS = ["visible-uws"] as const;
type YardstickName = (typeof YARDSTICKS)[number];

export type ImplementationName = ServerName | YardstickName | CodecName;
export const IMPLEMENTATIONS: readonly ImplementationName[] = [...SERVERS, ...YARDSTICKS, ...CODECS];

interface Peers {
  /** Socket.IO's own implementation on the same host, from which an application would switch. */
  readonly reference: ImplementationName;
  /** The same work without the protocol: the lower bound for any implementation. */
  readonly floor: ImplementationName;
}

const ON_WS: Peers = { reference: "socket.io-ws", floor: "raw-ws" };
const ON_UWS: Peers = { reference: "socket.io-uws", floor: "raw-uws" };
const ALONE: Peers = { reference: "socket.io-parser", floor: "json" };

/** The implementations with which each one is compared. */
export const PEERS: Record<ImplementationName, Peers> = {
  "socket.io-ws": ON_WS,
  "raw-ws": ON_WS,
  "skein-ws": ON_WS,
  "socket.io-uws": ON_UWS,
  "raw-uws": ON_UWS,
  "visible-uws": ON_UWS,
  "skein-uws": ON_UWS,
  "socket.io-parser": ALONE,
  json: ALONE,
  "skein-parser": ALONE,
};
