import type { AckCallback, BroadcastFlags, Room } from "@skein/adapter";
import { promisedAnswer } from "../broadcast/pending-acks.ts";
import { acknowledgementTime } from "../runtime/argument-checks.ts";
import type { BroadcastOperator } from "../broadcast/broadcast-operator.ts";
import { SocketEvents } from "./socket-events.ts";
import { checkClientEvent } from "../events/reserved-events.ts";

type Flags = { -readonly [Flag in keyof BroadcastFlags]: BroadcastFlags[Flag] };

const NO_FLAGS: BroadcastFlags = {};

/** Sending methods of a socket. Flags accumulate until the next event or broadcast. */
export abstract class OutgoingEvents extends SocketEvents {
  #flags: Flags | undefined;

  override emit(event: string, ...args: unknown[]): boolean {
    checkClientEvent(event);
    const flags = this.#takeFlags();
    const callback = args.at(-1);
    if (typeof callback !== "function") this.sendEvent([event, ...args], flags);
    else this.sendWithAck([event, ...args.slice(0, -1)], callback as AckCallback, flags);
    return true;
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<never> {
    return promisedAnswer((callback) => this.emit(event, ...args, callback));
  }

  send(...args: unknown[]): this {
    this.emit("message", ...args);
    return this;
  }

  write(...args: unknown[]): this {
    return this.send(...args);
  }

  compress(compress: boolean): this {
    return this.#flag({ compress });
  }

  timeout(milliseconds: number): this {
    const timeout = acknowledgementTime(milliseconds);
    return timeout === undefined ? this : this.#flag({ timeout });
  }

  get volatile(): this {
    return this.#flag({ volatile: true });
  }

  to(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.to(room);
  }

  in(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.in(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator {
    return this.broadcast.except(room);
  }

  get local(): BroadcastOperator {
    return this.broadcast.local;
  }

  get broadcast(): BroadcastOperator {
    return this.otherSockets(this.#takeFlags());
  }

  /** Sends an event to the client. */
  protected abstract sendEvent(data: unknown[], flags: BroadcastFlags): void;

  /** Sends an event with an acknowledgement. */
  protected abstract sendWithAck(data: unknown[], callback: AckCallback, flags: BroadcastFlags): void;

  /** Returns an operator for all other sockets of the namespace. */
  protected abstract otherSockets(flags: BroadcastFlags): BroadcastOperator;

  #flag(flags: Flags): this {
    this.#flags = { ...this.#flags, ...flags };
    return this;
  }

  #takeFlags(): BroadcastFlags {
    const flags = this.#flags ?? NO_FLAGS;
    this.#flags = undefined;
    return flags;
  }
}
