import type { SocketId } from "@skein/adapter";
import type { Namespace } from "../api.ts";
import type { BroadcastContext } from "../broadcast/broadcast-operator.ts";
import type { ErrorReport } from "../application/error-reports.ts";

/** Context of a socket, provided by its namespace. */
export interface SocketContext<Socket> extends BroadcastContext {
  readonly api: Namespace;
  /** True while events are kept for recovery. */
  readonly recovers: boolean;
  nextAckId(): number;
  report(report: Omit<ErrorReport, "namespace">): void;
  /** Called when the first listener for outgoing events is added. */
  onOutgoingListener(socket: Socket): void;
  /** Called when a pending socket is discarded. */
  onDiscarded(socket: Socket): void;
  /** Called when the socket has ended. */
  onLeft(socket: Socket): void;
}

/** Identity of a new or recovered socket. */
export interface Identity {
  readonly id: SocketId;
  /** Private session id, a secret of the client, for recovery. */
  readonly pid: string | undefined;
  readonly recovered: boolean;
  readonly data: unknown;
  /** Offset of the last event that the client reports as received. */
  readonly offset: string | undefined;
}
