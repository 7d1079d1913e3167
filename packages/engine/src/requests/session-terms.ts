import type { IncomingMessage } from "node:http";
import type { Refusal } from "../refusal.ts";
import { EngineError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import type { OutgoingPacket, Revision } from "../protocol/packet.ts";
import type { SessionConfig } from "../protocol/session/session-config.ts";
import type { TransportName } from "../transport/transport.ts";

/**
 * Interval (ms) at which a pending poll is released while an upgrade is probed (engine-protocol,
 * "Upgrade").
 */
const NOOP_INTERVAL = 100;

/** The targets of an upgrade, in the order of the protocol. */
const UPGRADES: readonly TransportName[] = ["websocket", "webtransport"];

/** Generates the id of a session. An exception or rejection refuses the handshake. */
export type GenerateId = (request: IncomingMessage) => string | Promise<string>;

/** The parameters of a session, and the part of them that is sent to the client. */
export interface Terms {
  readonly config: SessionConfig;
  /** The members of the open packet that are the same for all sessions, as JSON. */
  readonly openPacketTail: string;
}

/** The terms of new sessions, shared by all sessions that open under the same options. */
export class SessionTerms {
  readonly #options: ResolvedOptions;
  readonly #latest = new Map<Revision, Terms & { readonly maxPayload: number }>();

  /** The options are read when a session opens. */
  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  for(revision: Revision): Terms {
    const latest = this.#latest.get(revision);
    if (latest !== undefined && this.#isCurrent(latest)) return latest;
    const { pingInterval, pingTimeout, upgradeTimeout, closeTimeout } = this.#options;
    const { maxHttpBufferSize: maxPayload } = this.#options;
    const config: SessionConfig = {
      revision,
      pinger: revision === 4 ? "server" : "client",
      pingInterval,
      pingTimeout,
      upgradeTimeout,
      noopInterval: NOOP_INTERVAL,
      closeTimeout,
    };
    const openPacketTail = JSON.stringify({ pingInterval, pingTimeout, maxPayload }).slice(1, -1);
    const terms = { config, openPacketTail, maxPayload };
    this.#latest.set(revision, terms);
    return terms;
  }

  #isCurrent({ config, maxPayload }: Terms & { readonly maxPayload: number }): boolean {
    const options = this.#options;
    return (
      config.pingInterval === options.pingInterval &&
      config.pingTimeout === options.pingTimeout &&
      config.upgradeTimeout === options.upgradeTimeout &&
      config.closeTimeout === options.closeTimeout &&
      maxPayload === options.maxHttpBufferSize
    );
  }
}

/** The transports that a long-polling session may upgrade to; other sessions can't upgrade. */
function upgradesOf(options: ResolvedOptions): readonly TransportName[] {
  if (!options.allowUpgrades) return [];
  return UPGRADES.filter((name) => options.transports.includes(name));
}

/** Returns the packets that open a session (engine-protocol, "Handshake"). */
export function firstPackets(
  sid: string,
  from: TransportName,
  { openPacketTail }: Terms,
  options: ResolvedOptions,
): OutgoingPacket[] {
  const upgrades = from === "polling" ? JSON.stringify(upgradesOf(options)) : "[]";
  const open: OutgoingPacket = {
    type: "open",
    data: `{"sid":${JSON.stringify(sid)},"upgrades":${upgrades},${openPacketTail}}`,
  };
  const { initialPacket } = options;
  return initialPacket === undefined ? [open] : [open, { type: "message", data: initialPacket }];
}

/** Returns the message of an error that is marked for clients, as by `http-errors`. */
function exposed(error: unknown): string | undefined {
  return error instanceof Error && "expose" in error && error.expose === true ? error.message : undefined;
}

function askPermission(request: IncomingMessage, options: ResolvedOptions): Promise<Refusal | undefined> {
  const { allowRequest } = options;
  if (allowRequest === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const forbid = (message?: string | null): void =>
      resolve({ code: "FORBIDDEN", context: { message: message ?? undefined } });
    const run = async () =>
      allowRequest(request, (message, success) => (success ? resolve(undefined) : forbid(message)));
    run().catch((error: unknown) =>
      resolve({ code: "FORBIDDEN", context: { message: exposed(error), error } }),
    );
  });
}

/** The hooks and options that decide on a handshake. */
export interface HandshakePolicy {
  readonly options: ResolvedOptions;
  readonly generateId: GenerateId;
  /** Generates an id synchronously; returns undefined if the application replaced the generator. */
  ownId(): string | undefined;
}

function revisionRefusal(revision: Revision, { allowEIO3 }: ResolvedOptions): Refusal | undefined {
  if (revision === 4 || allowEIO3) return undefined;
  return { code: "UNSUPPORTED_PROTOCOL_VERSION", context: { protocol: revision } };
}

/**
 * Returns the refusal of a handshake without an id, or with an id that can't be sent in a cookie.
 */
export function idRefusal(error: unknown): Refusal {
  return { code: "BAD_REQUEST", context: { name: "ID_GENERATION_ERROR", error } };
}

/** Returns the refusal of a handshake whose id is in use. */
export function idTaken(): Refusal {
  return idRefusal(new EngineError("INVALID_STATE", "this session id is in use"));
}

async function createId(request: IncomingMessage, policy: HandshakePolicy): Promise<string> {
  const id: unknown = await policy.generateId(request);
  if (typeof id !== "string" || id === "")
    throw new EngineError("INVALID_STATE", "a session id must be a text");
  return id;
}

/** The id of the session to open, or the refusal. */
export type HandshakeDecision = { readonly id: string } | { readonly refusal: Refusal };

/**
 * Decides on a handshake that needs no decision of the application; returns undefined if one is
 * needed.
 */
export function decideAtOnce(revision: Revision, policy: HandshakePolicy): HandshakeDecision | undefined {
  const { options } = policy;
  if (options.allowRequest !== undefined) return undefined;
  const refusal = revisionRefusal(revision, options);
  if (refusal !== undefined) return { refusal };
  const id = policy.ownId();
  return id === undefined ? undefined : { id };
}

/** Decides on a well-formed handshake: whether it is allowed, its revision, and its id. */
export async function decideHandshake(
  request: IncomingMessage,
  revision: Revision,
  policy: HandshakePolicy,
): Promise<HandshakeDecision> {
  const { options } = policy;
  const refusal = (await askPermission(request, options)) ?? revisionRefusal(revision, options);
  if (refusal !== undefined) return { refusal };
  try {
    return { id: await createId(request, policy) };
  } catch (error) {
    return { refusal: idRefusal(error) };
  }
}
