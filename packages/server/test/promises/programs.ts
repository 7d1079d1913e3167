import { setTimeout as elapsed } from "node:timers/promises";
import type { Namespace, Socket } from "socket.io";

/** Tells what happened to one socket. */
type Say = (socket: Socket, what: string) => void;

/** A program that ends on `socket.io` only on command, whatever its clients do. */
export type Program = (namespace: Namespace, say: Say) => void;

/** How long questions wait that name a time, in milliseconds. */
export const TIMEOUT = 1_500;

type Outcome = (error: unknown, answer: unknown) => void;

/** Tells how a question was answered, or that it failed: errors differ in what they say. */
function telling(say: Say, socket: Socket): Outcome {
  return (error, answer) => say(socket, error === null ? `answer ${JSON.stringify(answer)}` : "no answer");
}

/** Tells how a promise was settled, as its one handler. */
async function watch(promise: Promise<unknown>, tell: Outcome): Promise<void> {
  try {
    tell(null, await promise);
  } catch (error) {
    tell(error, undefined);
  }
}

/** Programs by what they do with a client's acknowledgement. */
export const programs: Readonly<Record<string, Program>> = {
  "asks without a time-out and awaits nothing": (namespace) =>
    namespace.on("connection", (socket) => {
      void socket.emitWithAck("q");
    }),

  "asks without a time-out in a function that nobody watches": (namespace, say) =>
    namespace.on("connection", (socket) => {
      const ask = async () => {
        telling(say, socket)(null, await socket.emitWithAck("q"));
      };
      void ask();
    }),

  "asks without a time-out, with a callback": (namespace, say) =>
    namespace.on("connection", (socket) => {
      socket.emit("q", (...answer: unknown[]) => say(socket, JSON.stringify(answer)));
    }),

  "asks without a time-out, once the client may have left": (namespace, say) =>
    namespace.on("connection", (socket) => {
      socket.emit("q", () => {});
      void elapsed(50).then(async () => telling(say, socket)(null, await socket.emitWithAck("q")));
    }),

  "asks again and again, also when the client has left": (namespace) =>
    namespace.on("connection", (socket) => {
      let times = 0;
      const interval = setInterval(() => {
        void socket.emitWithAck("q");
        times += 1;
        if (times === 10) clearInterval(interval);
      }, 10);
    }),

  "asks without a time-out beside a clock of its own": (namespace, say) =>
    namespace.on("connection", (socket) => {
      const ask = async () => {
        const late = elapsed(TIMEOUT, "late");
        say(socket, String(await Promise.race([socket.emitWithAck("q"), late])));
      };
      void ask();
    }),

  "asks when the client leaves": (namespace) =>
    namespace.on("connection", (socket) => {
      socket.emit("q", () => {});
      socket.on("disconnecting", () => void socket.emitWithAck("q"));
      socket.on("disconnect", () => void socket.emitWithAck("q"));
    }),

  "asks in a middleware": (namespace) =>
    namespace.use((socket, next) => {
      void socket.emitWithAck("q");
      next();
    }),

  "asks with a time-out and catches": (namespace, say) =>
    namespace.on("connection", (socket) => {
      void watch(socket.timeout(TIMEOUT).emitWithAck("q"), telling(say, socket));
    }),

  "asks with a time-out and catches after other work": (namespace, say) =>
    namespace.on("connection", (socket) => {
      const answer = socket.timeout(TIMEOUT).emitWithAck("q") as Promise<unknown>;
      void elapsed(TIMEOUT / 2).then(() => watch(answer, telling(say, socket)));
    }),

  "asks with a time-out and a callback": (namespace, say) =>
    namespace.on("connection", (socket) => {
      socket.timeout(TIMEOUT).emit("q", telling(say, socket));
    }),

  "asks a room with a time-out and catches": (namespace, say) =>
    namespace.on("connection", (socket) => {
      void watch(namespace.to(socket.id).timeout(TIMEOUT).emitWithAck("q"), telling(say, socket));
    }),

  "asks a room with a time-out and a callback": (namespace, say) =>
    namespace.on("connection", (socket) => {
      namespace.to(socket.id).timeout(TIMEOUT).emit("q", telling(say, socket));
    }),

  "asks a room without a time-out": (namespace, say) =>
    namespace.on("connection", (socket) => {
      namespace.to(socket.id).emit("q", () => say(socket, "called"));
    }),

  "asks the sockets that it fetches": (namespace, say) =>
    namespace.on("connection", (socket) => {
      const ask = async () => {
        for (const fetched of await namespace.in(socket.id).fetchSockets())
          await watch(fetched.timeout(TIMEOUT).emitWithAck("q"), telling(say, socket));
      };
      void ask();
    }),

  "joins, leaves and disconnects once the client may have left": (namespace, say) =>
    namespace.on("connection", (socket) => {
      socket.emit("q", () => {});
      const move = async () => {
        await elapsed(50);
        await socket.join("room");
        await socket.leave("room");
        await namespace.fetchSockets();
        socket.disconnect(true);
        say(socket, "done");
      };
      void move();
    }),
};
