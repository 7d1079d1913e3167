import { Server } from "socket.io";

interface Outgoing {
  done: (answer: () => void) => void;
  failed: (answer: (error: Error) => void) => void;
}

export const io = new Server<Outgoing, Outgoing>();

export function ask(): void {
  io.to("room").emit("done", () => undefined);
  io.except("room").emit("failed", (error) => console.log(error.message));
  io.timeout(10).emit("done", (error) => console.log(error.message));
  io.timeout(10).emit("failed", (error) => console.log(error.message));
}

// @ts-expect-error -- nothing answers with a value
void (() => io.to("room").emit("done", (values) => console.log(values)));
// @ts-expect-error -- only the error is given
void (() => io.timeout(10).emit("done", (error, values) => console.log(error, values)));
// @ts-expect-error -- only the error is given
void (() => io.timeout(10).emit("failed", (error, values) => console.log(error, values)));
