import { createServer as createHttp, type Server as HttpServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttps, type Server as HttpsServer } from "node:https";
import { Server } from "socket.io";

export const overHttp = new Server(createHttp());
export const overHttps = new Server(createHttps({ key: "", cert: "" }));
export const overHttp2 = new Server(createSecureServer({ allowHTTP1: true }), { path: "/rt/" });
export const onPort = new Server(3000, { serveClient: false });
export const alone = new Server({ adapter: undefined as never });
export const later = new Server();
later.attach(createHttp(), { pingTimeout: 1 });
later.listen(3001);

export function serve(server: HttpServer | HttpsServer): Server {
  const io = new Server();
  io.attach(server);
  io.httpServer.on("close", () => undefined);
  void io.close((error?: Error) => console.log(error?.message));
  const path: string = io.path();
  return io.path(path).serveClient(false).connectTimeout(1000);
}
