/** How the clients of one run reach the server. */
export type Transport = "websocket" | "polling" | "polling, then websocket";

export const transports: readonly Transport[] = ["websocket", "polling", "polling, then websocket"];

/** The value of the official client's `transports` option. */
export function clientTransports(transport: Transport): string[] {
  switch (transport) {
    case "websocket":
      return ["websocket"];
    case "polling":
      return ["polling"];
    case "polling, then websocket":
      return ["polling", "websocket"];
  }
}
