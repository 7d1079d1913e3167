import type {
  Adapter,
  BroadcastFlags,
  BroadcastOptions,
  Room,
  SocketDetails,
  SocketId,
} from "@skein/adapter";
import { type Packet, PacketType } from "@skein/parser";
import type { BroadcastOperator as BroadcastOperatorApi, RemoteSocket as RemoteSocketApi } from "../api.ts";
import type { AckTerms } from "./pending-acks.ts";
import { acknowledgementTime } from "../runtime/argument-checks.ts";
import { BroadcastAcks } from "./broadcast-acks.ts";
import { safeCall, type Failure } from "../application/safe-call.ts";
import { listOf } from "../events/event-arguments.ts";
import { ServerError } from "../errors.ts";
import { RemoteSocket } from "./remote-socket.ts";
import { checkClientEvent } from "../events/reserved-events.ts";

/** Operations of the namespace that broadcasts need. */
export interface BroadcastContext {
  readonly name: string;
  /** The namespace's adapter as used by the server: see the interface. */
  readonly internalAdapter: Adapter;
  readonly acks: AckTerms;
  /** Called when an `emit` callback throws, and when the adapter fails. */
  onFailure(source: "acknowledgement" | "adapter", event: string | undefined, failure: Failure): void;
}

/** Receivers and flags of a broadcast. Immutable. */
interface Aim {
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
}

type Responder = (error: Error | null, responses: unknown) => unknown;

const NOBODY: ReadonlySet<Room> = new Set();
const EVERYBODY: Aim = { rooms: NOBODY, except: NOBODY, flags: {} };

/** Default acknowledgement timeout (ms): sufficient only if there is no receiver. */
const DEFAULT_TIMEOUT_MS = 1;

function isLocal(details: SocketDetails): boolean {
  return "deliverPacket" in details;
}

/** Implementation of the public interface of the same name. */
export class BroadcastOperator implements BroadcastOperatorApi {
  readonly #audience: BroadcastContext;
  readonly #adapter: Adapter;
  readonly #aim: Aim;

  constructor(audience: BroadcastContext, aim: Partial<Aim> = EVERYBODY) {
    this.#audience = audience;
    this.#adapter = audience.internalAdapter;
    this.#aim = { ...EVERYBODY, ...aim };
  }

  to(room: Room | readonly Room[]): BroadcastOperator {
    return this.#but({ rooms: new Set([...this.#aim.rooms, ...listOf(room)]) });
  }

  in(room: Room | readonly Room[]): BroadcastOperator {
    return this.to(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator {
    return this.#but({ except: new Set([...this.#aim.except, ...listOf(room)]) });
  }

  compress(compress: boolean): BroadcastOperator {
    return this.#flagged({ compress });
  }

  get volatile(): BroadcastOperator {
    return this.#flagged({ volatile: true });
  }

  get local(): BroadcastOperator {
    return this.#flagged({ local: true });
  }

  timeout(milliseconds: number): BroadcastOperator {
    const timeout = acknowledgementTime(milliseconds);
    return this.#flagged(timeout === undefined ? {} : { timeout });
  }

  emit(event: string, ...args: unknown[]): boolean {
    checkClientEvent(event);
    const callback = args.at(-1);
    if (typeof callback !== "function") {
      this.#adapter.broadcast(this.#packet([event, ...args]), this.#options());
      return true;
    }
    this.#collect([event, ...args.slice(0, -1)], (...outcome) => {
      safeCall(callback as Responder, this, outcome, (failure) =>
        this.#audience.onFailure("acknowledgement", event, failure),
      );
    });
    return true;
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<never> {
    checkClientEvent(event);
    return new Promise((resolve, reject) => {
      this.#collect([event, ...args], (error, responses) => {
        if (error === null) resolve(responses as never);
        else reject(new ServerError(error.code, error.message, { responses: listOf(responses) }));
      });
    });
  }

  async fetchSockets(): Promise<RemoteSocketApi[]> {
    const found = await this.#adapter.fetchSockets(this.#options());
    return found.map((details) =>
      isLocal(details) ? (details as unknown as RemoteSocketApi) : this.#remote(details),
    );
  }

  socketsJoin(room: Room | readonly Room[]): void {
    this.#adapter.addSockets(this.#options(), listOf(room));
  }

  socketsLeave(room: Room | readonly Room[]): void {
    this.#adapter.delSockets(this.#options(), listOf(room));
  }

  disconnectSockets(close = false): void {
    this.#adapter.disconnectSockets(this.#options(), close);
  }

  allSockets(): Promise<Set<SocketId>> {
    return this.#adapter.sockets(this.#aim.rooms);
  }

  /**
   * Sends and collects. `told` gets the list, or one value if the operator selects a single socket.
   */
  #collect(data: unknown[], told: (error: ServerError | null, responses: unknown) => void): void {
    const { flags } = this.#aim;
    const timeout = flags.timeout ?? this.#audience.acks.defaultTimeout ?? DEFAULT_TIMEOUT_MS;
    const single = flags.expectSingleResponse === true;
    const acks = new BroadcastAcks(timeout, (error, responses) =>
      told(error, single ? (error === null ? responses[0] : null) : responses),
    );
    const options = { ...this.#options(), flags: { ...flags, timeout } };
    acks.collect(this.#adapter, this.#packet(data), options, (failure) =>
      this.#audience.onFailure("adapter", undefined, failure),
    );
  }

  #packet(data: unknown[]): Packet {
    return { type: PacketType.EVENT, nsp: this.#audience.name, data };
  }

  /** Returns new options for every operation, because adapters may retain them. */
  #options(): BroadcastOptions {
    const { rooms, except, flags } = this.#aim;
    return { rooms: new Set(rooms), except: new Set(except), flags: { ...flags } };
  }

  #remote(details: SocketDetails): RemoteSocketApi {
    const alone = new BroadcastOperator(this.#audience, {
      rooms: new Set([details.id]),
      flags: { expectSingleResponse: true },
    });
    return new RemoteSocket(details, alone);
  }

  #but(change: Partial<Aim>): BroadcastOperator {
    return new BroadcastOperator(this.#audience, { ...this.#aim, ...change });
  }

  #flagged(flags: BroadcastFlags): BroadcastOperator {
    return this.#but({ flags: { ...this.#aim.flags, ...flags } });
  }
}
