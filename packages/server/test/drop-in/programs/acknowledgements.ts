import { Server } from "socket.io";

interface Outgoing {
  one: (value: string, answer: (sum: number) => void) => void;
  two: (answer: (first: string, second: number) => void) => void;
  none: (answer: () => void) => void;
  failing: (answer: (error: Error, value: boolean) => void) => void;
}

export const io = new Server<Outgoing, Outgoing>();

io.on("connection", async (socket) => {
  const one: number = await socket.emitWithAck("one", "x");
  const late: number = await socket.timeout(100).emitWithAck("one", "x");
  const two: string = await socket.emitWithAck("two");
  socket.timeout(100).emit("one", "x", (error, sum) => console.log(error.message, sum.toFixed()));
  socket
    .timeout(100)
    .emit("two", (error, first, second) => console.log(error, first.trim(), second.toFixed()));
  socket.timeout(100).emit("none", (error) => console.log(error.message));
  socket.emit("none", () => undefined);
  socket.on("one", (value, answer) => answer(value.length));
  console.log(one, late, two);
});

export async function everybody(): Promise<void> {
  const answers: number[] = await io.timeout(100).emitWithAck("one", "x");
  const inRoom: number[] = await io.to("room").timeout(100).emitWithAck("one", "x");
  io.timeout(100).emit("one", "x", (error, responses) => console.log(error.message, responses.length));
  io.timeout(100).emit("two", (error, responses) => console.log(error.message, responses[0]?.trim()));
  io.timeout(100).emit("none", (error) => console.log(error.message));
  io.to("room")
    .timeout(100)
    .emit("failing", (error, responses) => console.log(error, responses.length));
  console.log(answers, inRoom);
}
