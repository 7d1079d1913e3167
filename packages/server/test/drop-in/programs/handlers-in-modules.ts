import type { Server, Socket } from "socket.io";

interface ChatIncoming {
  "chat:send": (payload: { room: string; text: string }, callback?: (result: Result) => void) => void;
  "chat:typing": (room: string) => void;
}
interface ChatOutgoing {
  "chat:message": (message: { from: string; text: string }) => void;
  "chat:typing": (from: string) => void;
}
type Result = { ok: true } | { ok: false; error: string };
type ChatServer = Server<ChatIncoming, ChatOutgoing>;
type ChatSocket = Socket<ChatIncoming, ChatOutgoing>;

export default function registerChat(io: ChatServer, socket: ChatSocket): void {
  const send: ChatIncoming["chat:send"] = ({ room, text }, callback) => {
    if (!socket.rooms.has(room)) return callback?.({ ok: false, error: "not in the room" });
    io.to(room).emit("chat:message", { from: socket.id, text });
    callback?.({ ok: true });
  };
  socket.on("chat:send", send);
  socket.on("chat:typing", (room) => socket.to(room).volatile.emit("chat:typing", socket.id));
  socket.off("chat:send", send);
  socket.removeAllListeners("chat:typing");
}
