import { createServer } from "node:http";
import {
  type BroadcastOperator,
  type DefaultEventsMap,
  type DisconnectReason,
  type Event,
  type ExtendedError,
  Namespace,
  type RemoteSocket,
  Server,
  type ServerOptions,
  Socket,
} from "socket.io";
import { io as connect } from "socket.io-client";

// A typical socket.io program in TypeScript: scripts/drop-in.mjs compiles it, unchanged, against
// the types of both servers, with the oldest compiler that the README promises and with the current
// one, and runs the result.
interface ClientToServer {
  say: (text: string) => void;
  add: (a: number, b: number, answer: (sum: number) => void) => void;
}

interface ServerToClient {
  said: (text: string) => void;
  ask: (question: string, answer: (yes: boolean) => void) => void;
}

interface BetweenServers {
  hello: (name: string) => void;
}

interface Data {
  user: string;
}

type TypedSocket = Socket<ClientToServer, ServerToClient, BetweenServers, Data>;

const options: Partial<ServerOptions> = {
  path: "/typed",
  connectionStateRecovery: { skipMiddlewares: true },
};
const httpServer = createServer();
const io = new Server<ClientToServer, ServerToClient, BetweenServers, Data>(httpServer, options);

io.use((socket: TypedSocket, next: (error?: ExtendedError) => void) => {
  socket.data.user = "ann";
  next();
});

io.on("connection", async (socket) => {
  socket.use(([name]: Event, next) => next(name === "forbidden" ? new Error("forbidden") : undefined));
  if (!(socket instanceof Socket)) throw new Error("no socket");
  socket.on("add", (a, b, answer) => answer(a + b));
  socket.on("disconnect", (reason: DisconnectReason) => console.log(reason));
  await socket.join("room");
  const yes: boolean = await socket.timeout(5_000).emitWithAck("ask", "well?");
  const everybody: boolean[] = await io.to("room").timeout(5_000).emitWithAck("ask", "well?");
  const [near]: RemoteSocket<ServerToClient, Data>[] = await io.in("room").fetchSockets();
  const room: BroadcastOperator<ServerToClient, Data> = io.to("room");
  if (yes && everybody.length === 1 && near?.data.user === "ann") room.emit("said", "done");
});

// @ts-expect-error -- no such event goes to clients
void (() => io.emit("say", "x"));
// @ts-expect-error -- the argument is a string
void (() => io.emit("said", 1));

const anything: DefaultEventsMap[string] = (...values) => console.log(values);
const untyped = new Server().of("/untyped").on("connection", (socket) => socket.on("x", anything));
untyped.emit("anything", 1, { two: 2 });
if (!(untyped instanceof Namespace)) throw new Error("no namespace");

httpServer.listen(0, () => {
  const address = httpServer.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = connect(`http://localhost:${address.port}`, { path: "/typed" });
  client.on("ask", (_question: string, answer: (yes: boolean) => void) => answer(true));
  client.on("said", () => {
    client.emit("add", 1, 2, (sum: number) => {
      if (sum !== 3) throw new Error("a sum is wrong");
      client.disconnect();
      void io.close();
    });
  });
});
