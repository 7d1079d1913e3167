import type { IncomingMessage } from "node:http";
import type { Refusal } from "../refusal.ts";
import { EngineError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import type { OutgoingPacket, Revision } from "../protocol/packet.ts";
import type { SessionConfig } from "../protocol/session/session-config.ts";
import type { TransportName } from "../transport/transport.ts";

/** How often a pending poll is released while an upgrade is probed (engine-protocol, section 7). */
const NOOP_INTERVAL = 100;

/** The targets of an upgrade in the order of the protocol. */
const UPGRADES: readonly TransportName[] = ["websocket", "webtransport"];

/** Makes a session's id. What it throws or rejects with refuses the handshake. */
export type GenerateId = (request: IncomingMessage) => string | Promise<string>;

/** What sessions have to keep to, and are told of it. */
export interface Terms {
  readonly config: SessionConfig;
  /** The members of the open packet that are the same for all, as they stand in its JSON. */
  readonly openPacketTail: string;
}

/** The terms of sessions that open now: one object for all that open under the same options. */
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

/** The transports that a session on long-polling may move to; others have nowhere to go. */
function upgradesOf(options: ResolvedOptions): readonly TransportName[] {
  if (!options.allowUpgrades) return [];
  return UPGRADES.filter((name) => options.transports.includes(name));
}

/** The packets that open a session (engine-protocol, "Handshake"). */
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

/** The message of an error that says itself that clients may see it, in the manner of `http-errors`. */
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

/** What a handshake is decided with. */
export interface HandshakePolicy {
  readonly options: ResolvedOptions;
  readonly generateId: GenerateId;
  /** Makes an id at once; undefined where the application has its own way. */
  ownId(): string | undefined;
}

function revisionRefusal(revision: Revision, { allowEIO3 }: ResolvedOptions): Refusal | undefined {
  if (revision === 4 || allowEIO3) return undefined;
  return { code: "UNSUPPORTED_PROTOCOL_VERSION", context: { protocol: revision } };
}

/** The refusal of a handshake that gets no id, or none that its cookie could carry. */
export function idRefusal(error: unknown): Refusal {
  return { code: "BAD_REQUEST", context: { name: "ID_GENERATION_ERROR", error } };
}

/** The refusal of a handshake whose id another session has. */
export function idTaken(): Refusal {
  return idRefusal(new EngineError("INVALID_STATE", "this session id is in use"));
}

async function createId(request: IncomingMessage, policy: HandshakePolicy): Promise<string> {
  const id: unknown = await policy.generateId(request);
  if (typeof id !== "string" || id === "")
    throw new EngineError("INVALID_STATE", "a session id must be a text");
  return id;
}

/** Under which id a session may open, or why none may. */
export type HandshakeDecision = { readonly id: string } | { readonly refusal: Refusal };

/** The decision on a handshake about which the application need not be asked; undefined where it must be. */
export function decideAtOnce(revision: Revision, policy: HandshakePolicy): HandshakeDecision | undefined {
  const { options } = policy;
  if (options.allowRequest !== undefined) return undefined;
  const refusal = revisionRefusal(revision, options);
  if (refusal !== undefined) return { refusal };
  const id = policy.ownId();
  return id === undefined ? undefined : { id };
}

/** The last questions to a handshake that is well-formed: may it, which revision, under which id. */
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
