import { Server, type Socket } from "socket.io";

export const io = new Server<
  { seen: (offset: number) => void },
  { item: (item: { id: number }) => void },
  any,
  { lastSeen?: number }
>({
  connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
  cleanupEmptyChildNamespaces: true,
});

io.on("connection", (socket) => {
  if (socket.recovered) return;
  replay(socket);
  socket.on("seen", (offset) => {
    socket.data.lastSeen = offset;
  });
});

function replay(socket: Socket<any, { item: (item: { id: number }) => void }>): void {
  for (let id = 0; id < 3; id += 1) socket.emit("item", { id });
}
