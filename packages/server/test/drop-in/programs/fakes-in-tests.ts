import type { Server, Socket } from "socket.io";

type Emitted = [event: string, ...args: unknown[]];

export function fakeSocket(overrides: Partial<Pick<Socket, "id" | "data" | "handshake">> = {}): Socket {
  const emitted: Emitted[] = [];
  const socket: Partial<Record<keyof Socket, unknown>> & { emitted: Emitted[] } = {
    id: "fake",
    data: {},
    emitted,
    emit: (...event: Emitted) => emitted.push(event) > 0,
    join: () => Promise.resolve(),
    ...overrides,
  };
  return socket as unknown as Socket;
}

export const fakeServer = (sockets: Socket[]): Pick<Server, "to" | "emit"> => {
  const io = { to: () => io, emit: () => sockets.length > 0 };
  return io as unknown as Pick<Server, "to" | "emit">;
};
