import { CLOSE_CODES, type CloseStatus } from "../close-status.ts";
import { encodeText } from "../codec/packet-codec.ts";
import type { OutgoingPacket } from "../packet.ts";
import { type Effect, Session, type TransportTraits } from "./session.ts";
import type { SessionConfig } from "./session-config.ts";

export const POLLED: TransportTraits = { polled: true };
export const STREAM: TransportTraits = { polled: false };

export const REVISION_4: SessionConfig = {
  revision: 4,
  pinger: "server",
  pingInterval: 25_000,
  pingTimeout: 20_000,
  upgradeTimeout: 10_000,
  noopInterval: 100,
  closeTimeout: 30_000,
};
export const REVISION_3: SessionConfig = { ...REVISION_4, revision: 3, pinger: "client" };

export function text(data: string): OutgoingPacket & { readonly data: string } {
  return { type: "message", data };
}

function batchOf(packets: readonly OutgoingPacket[]): string {
  return packets.map(encodeText).join(" ");
}

/** Returns the status as text, empty for a normal end. */
function wordOf({ code, reason }: CloseStatus): string {
  return code === CLOSE_CODES.NORMAL ? "" : `: ${code} ${reason}`;
}

function lineOf(effect: Effect): string {
  switch (effect.kind) {
    case "transmit":
      return `${effect.wire} < ${batchOf(effect.batch)}`;
    case "drop":
      return `${effect.discard ? "discard" : "close"} ${effect.wire}${wordOf(effect.status)}`;
    case "deliver":
      return `deliver ${encodeText(effect.packet)}`;
    case "closed":
      return `closed: ${effect.reason}`;
    case "heartbeat":
    case "upgrading":
    case "upgraded":
    case "upgrade-failed":
      return effect.kind;
  }
}

/**
 * Returns effects as lines of protocol text: `current < 4hello 2` is one batch of a message and a
 * ping.
 */
export function told(effects: readonly Effect[]): string[] {
  return effects.map(lineOf);
}

/**
 * A session opened at time 0 whose open packet was sent. A stream has granted again; a poll is not
 * pending.
 */
export function opened(traits: TransportTraits, config: SessionConfig = REVISION_4): Session {
  const session = new Session(config, traits);
  session.grant("current");
  session.open([{ type: "open", data: "{}" }], 0);
  if (!traits.polled) session.grant("current");
  return session;
}

/**
 * A polling session that probes a stream since `now`; the probe is answered and the candidate has
 * granted again.
 */
export function upgrading(now = 0, config: SessionConfig = REVISION_4): Session {
  const session = opened(POLLED, config);
  session.offer(STREAM, now);
  session.grant("candidate");
  session.receive("candidate", { type: "ping", data: "probe" }, now);
  session.grant("candidate");
  return session;
}
