import type { Adapter, Room, SocketId } from "@skein/adapter";
import type { AckTerms } from "./pending-acks.ts";
import type { RemoteSocket } from "../api.ts";
import { ApplicationEmitter } from "../application/application-emitter.ts";
import { type BroadcastContext, BroadcastOperator } from "./broadcast-operator.ts";
import type { Failure } from "../application/safe-call.ts";
import { checkServerEvent } from "../events/reserved-events.ts";

/**
 * Base of namespaces and of the server: operations apply to all sockets, or to all servers, of a
 * namespace.
 */
export abstract class NamespaceEmitter extends ApplicationEmitter implements BroadcastContext {
  abstract readonly name: string;
  abstract readonly internalAdapter: Adapter;
  abstract readonly acks: AckTerms;

  abstract onFailure(
    source: "acknowledgement" | "adapter",
    event: string | undefined,
    failure: Failure,
  ): void;

  override emit(event: string, ...args: unknown[]): boolean {
    return new BroadcastOperator(this).emit(event, ...args);
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<never> {
    return new BroadcastOperator(this).emitWithAck(event, ...args);
  }

  send(...args: unknown[]): this {
    this.emit("message", ...args);
    return this;
  }

  write(...args: unknown[]): this {
    return this.send(...args);
  }

  to(room: Room | readonly Room[]): BroadcastOperator {
    return new BroadcastOperator(this).to(room);
  }

  in(room: Room | readonly Room[]): BroadcastOperator {
    return new BroadcastOperator(this).in(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator {
    return new BroadcastOperator(this).except(room);
  }

  compress(compress: boolean): BroadcastOperator {
    return new BroadcastOperator(this).compress(compress);
  }

  timeout(milliseconds: number): BroadcastOperator {
    return new BroadcastOperator(this).timeout(milliseconds);
  }

  get volatile(): BroadcastOperator {
    return new BroadcastOperator(this).volatile;
  }

  get local(): BroadcastOperator {
    return new BroadcastOperator(this).local;
  }

  fetchSockets(): Promise<RemoteSocket[]> {
    return new BroadcastOperator(this).fetchSockets();
  }

  socketsJoin(room: Room | readonly Room[]): void {
    new BroadcastOperator(this).socketsJoin(room);
  }

  socketsLeave(room: Room | readonly Room[]): void {
    new BroadcastOperator(this).socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    new BroadcastOperator(this).disconnectSockets(close);
  }

  allSockets(): Promise<Set<SocketId>> {
    return new BroadcastOperator(this).allSockets();
  }

  serverSideEmit(event: string, ...args: unknown[]): boolean {
    checkServerEvent(event);
    this.internalAdapter.serverSideEmit([event, ...args]);
    return true;
  }

  serverSideEmitWithAck(event: string, ...args: unknown[]): Promise<never> {
    return new Promise((resolve, reject) => {
      this.serverSideEmit(event, ...args, (error: Error | null, responses: unknown) => {
        if (error === null) resolve(responses as never);
        else reject(Object.assign(error, { responses }));
      });
    });
  }
}
