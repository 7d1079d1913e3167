/** The host of the attacked server. */
export type HostName = "node" | "uws";

/** Options of the attacked server, passed as JSON in its only argument. */
export interface VictimOptions {
  readonly host: HostName;
  readonly webTransport?: boolean;
}

/** Address of WebTransport sessions, and the SHA-256 of the certificate. */
export interface WebTransportAddress {
  readonly port: number;
  readonly fingerprint: string;
}

/** Messages of the attacked server to the attacker. */
export type VictimReport =
  | { readonly kind: "ready"; readonly port: number; readonly webTransport: WebTransportAddress | undefined }
  | { readonly kind: "memory"; readonly rss: number; readonly clients: number };
