import { answer, FRAME, OPEN } from "./raw.ts";
import type { Subject } from "./subject.ts";
import { listenUws } from "./uws.ts";

/** A bare µWebSockets.js server, broadcasting through its native topics. */
export async function rawUws(): Promise<Subject> {
  const { app, port } = await listenUws((uws) => {
    uws.ws("/*", {
      open(socket) {
        socket.subscribe("all");
        socket.send(OPEN);
      },
      message(socket, data, isBinary) {
        socket.send(isBinary ? data : answer(Buffer.from(data).toString()), isBinary);
      },
    });
  });
  return {
    port,
    broadcast(times) {
      for (let index = 0; index < times; index++) app.publish("all", FRAME, false);
    },
    place() {},
    close: () => process.exit(0),
  };
}
