import type {
  BroadcastOperator,
  DefaultEventsMap,
  ExtendedError,
  RemoteSocket,
  ServerOptions,
} from "socket.io";
import { Server } from "socket.io";

declare module "socket.io" {
  interface ExtendedError {
    status?: number;
  }
  interface ServerOptions {
    tenant?: string;
  }
  interface BroadcastOperator<EmitEvents, SocketData> {
    audit?(name: string): void;
  }
  interface RemoteSocket<EmitEvents, SocketData> {
    nickname?: string;
  }
  interface DefaultEventsMap {
    audited: (name: string) => void;
  }
}

export const options: Partial<ServerOptions> = { tenant: "one" };
export const io = new Server(options);

export function refusal(status: number): ExtendedError {
  const error: ExtendedError = new Error("refused");
  error.status = status;
  error.data = { status };
  return error;
}

export async function nicknames(room: BroadcastOperator<DefaultEventsMap, any>): Promise<string[]> {
  room.audit?.("nicknames");
  const sockets: RemoteSocket<DefaultEventsMap, any>[] = await room.fetchSockets();
  return sockets.map((socket) => socket.nickname ?? socket.id);
}
