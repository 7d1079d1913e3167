import type { Packet } from "./payload.ts";

/** What the open packet says. */
export interface Opened {
  readonly sid: string;
  readonly upgrades: readonly string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

/** A client that sends only what a test asks for: it neither pings nor answers pings. */
export interface Wire {
  send(packet: Packet): Promise<void>;
  /** The next packet that the server has sent. */
  next(): Promise<Packet>;
  /** Is gone without a word. */
  vanish(): void;
}

export function parseOpen(packet: Packet): Opened {
  return JSON.parse(String(packet).slice(1)) as Opened;
}
