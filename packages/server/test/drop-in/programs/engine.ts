import { createServer, type IncomingMessage } from "node:http";
import { Server } from "socket.io";

export const io = new Server(createServer(), {
  cookie: { name: "io", httpOnly: true, sameSite: "lax", maxAge: 86_400 },
  allowRequest: (request, callback) => callback(null, request.headers.origin === undefined),
  perMessageDeflate: { threshold: 1024 },
  httpCompression: { threshold: 2048 },
  maxHttpBufferSize: 1e6,
  allowEIO3: true,
  connectTimeout: 5000,
  upgradeTimeout: 1000,
  cors: {
    origin: /\.example\.org$/,
    methods: ["GET", "POST"],
    allowedHeaders: ["x-token"],
    credentials: true,
  },
});

io.engine.on("connection_error", (error: { code: number; message: string; context: unknown }) => {
  console.log(error.code, error.message, error.context);
});
io.engine.on("initial_headers", (headers: Record<string, string>, request: IncomingMessage) => {
  headers["x-url"] = request.url ?? "";
});
io.engine.use((_request: unknown, _response: unknown, next: () => void) => next());
io.engine.generateId = () => String(Math.random());
export const count: number = io.engine.clientsCount;

io.on("connection", (socket) => {
  const { conn } = socket;
  const transport: string = conn.transport.name;
  conn.once("upgrade", () => console.log(conn.transport.name));
  conn.on("packet", ({ type, data }: { type: string; data?: unknown }) => console.log(type, data));
  conn.on("close", (reason: string) => console.log(reason));
  console.log(conn.protocol, conn.readyState, conn.remoteAddress, transport, socket.client.conn === conn);
});
