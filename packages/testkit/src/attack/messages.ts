/** What the attacked server runs on. */
export type HostName = "node" | "uws";

/** How the attacked server is started; JSON, as its only argument. */
export interface VictimOptions {
  readonly host: HostName;
  readonly webTransport?: boolean;
}

/** Where WebTransport sessions are taken, and the SHA-256 of the certificate. */
export interface WebTransportAddress {
  readonly port: number;
  readonly fingerprint: string;
}

/** What the attacked server tells the attacker. */
export type VictimReport =
  | { readonly kind: "ready"; readonly port: number; readonly webTransport: WebTransportAddress | undefined }
  | { readonly kind: "memory"; readonly rss: number; readonly clients: number };
