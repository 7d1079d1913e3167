import type { SocketId } from "@skein/adapter";
import type { Namespace } from "../api.ts";
import type { BroadcastContext } from "../broadcast/broadcast-operator.ts";
import type { ErrorReport } from "../application/error-reports.ts";

/** What a socket needs of its namespace. */
export interface SocketContext<Socket> extends BroadcastContext {
  readonly api: Namespace;
  /** True while events must be kept for those who come back. */
  readonly recovers: boolean;
  nextAckId(): number;
  report(report: Omit<ErrorReport, "namespace">): void;
  /** From now on somebody listens to what goes out to the socket. */
  onOutgoingListener(socket: Socket): void;
  /** The socket was a candidate, and will never begin. */
  onDiscarded(socket: Socket): void;
  /** The socket has ended. */
  onLeft(socket: Socket): void;
}

/** Who a socket is: new, or someone who came back. */
export interface Identity {
  readonly id: SocketId;
  /** Secret of this client, with which it can come back. */
  readonly pid: string | undefined;
  readonly recovered: boolean;
  readonly data: unknown;
  /** Offset of the last event that the client says it has. */
  readonly offset: string | undefined;
}
