import { Server, type Socket } from "socket.io";

// A validator in the style of zod: events are derived from schemas.
interface Schema<T> {
  parse(value: unknown): T;
}
type Infer<S> = S extends Schema<infer T> ? T : never;

const text: Schema<string> = { parse: (value) => String(value) };
const point: Schema<{ x: number; y: number }> = { parse: (value) => value as { x: number; y: number } };
const schemas = { say: text, move: point };

type Events = { [Name in keyof typeof schemas]: (payload: Infer<(typeof schemas)[Name]>) => void };
type EventName = keyof Events;

export const io = new Server<Events, Events>();

export function on<Name extends EventName>(
  socket: Socket<Events, Events>,
  name: Name,
  handler: (payload: Infer<(typeof schemas)[Name]>) => void,
): void {
  const listener = (payload: unknown): void =>
    handler(schemas[name].parse(payload) as Infer<(typeof schemas)[Name]>);
  socket.on(name as string as any, listener as any);
}

io.on("connection", (socket) => {
  on(socket, "move", ({ x, y }) => socket.broadcast.emit("move", { x: x + 1, y }));
  on(socket, "say", (said) => socket.emit("say", said.trim()));
});
