import { type BroadcastOperator, type RemoteSocket, Server } from "socket.io";

interface Outgoing {
  kicked: (why: string) => void;
  ask: (question: string, answer: (yes: boolean) => void) => void;
}
interface Data {
  userId: string;
}

export const io = new Server<Outgoing, Outgoing, Record<string, never>, Data>();

export async function kick(userId: string): Promise<number> {
  const sockets: RemoteSocket<Outgoing, Data>[] = await io.in(`user:${userId}`).fetchSockets();
  for (const socket of sockets) {
    socket.emit("kicked", socket.data.userId);
    socket.leave("lobby");
    socket.join(["limbo", socket.handshake.address]);
    socket.disconnect(true);
  }
  return sockets.length;
}

export async function sockets(): Promise<void> {
  const found = await io.of("/x").local.fetchSockets();
  found[0]?.timeout(10).emit("ask", "really?", (error, yes) => console.log(error.message, yes));
  io.in("a").socketsJoin("b");
  io.socketsLeave(["a", "b"]);
  io.of("/x").disconnectSockets();
}

export function toUser(userId: string): BroadcastOperator<Outgoing, Data> {
  return io.to(`user:${userId}`).except("muted").volatile.compress(false) as BroadcastOperator<
    Outgoing,
    Data
  >;
}

export function kickAll(target: BroadcastOperator<Outgoing, Data>): void {
  target.emit("kicked", "maintenance");
  target.disconnectSockets(true);
}
