/* oxlint-disable typescript/no-explicit-any -- what `any` there is, is meant */
import { describe, expectTypeOf, test } from "vitest";
import {
  Server,
  type BroadcastOperator,
  type Namespace,
  type RemoteSocket,
  type Socket,
} from "../src/index.ts";

interface FromClients {
  say: (text: string) => void;
  add: (a: number, b: number, answer: (sum: number) => void) => void;
}

interface ToClients {
  said: (text: string) => void;
  message: (text: string) => void;
  ask: (question: string, answer: (reply: boolean) => void) => void;
}

interface BetweenServers {
  load: (answer: (load: number) => void) => void;
  hello: (name: string) => void;
}

interface Data {
  user: string;
}

type TypedServer = Server<FromClients, ToClients, BetweenServers, Data>;
type TypedSocket = Socket<FromClients, ToClients, BetweenServers, Data>;

// The functions are checked by the compiler and never called.
const neverRun = (_check: () => void): void => {};

describe("types", () => {
  test("of a server without maps take every event with any arguments", () => {
    neverRun(() => {
      const io = new Server();
      io.emit("any", 1, "two");
      io.on("connection", (socket) => {
        expectTypeOf(socket).toEqualTypeOf<Socket>();
        socket.on("any", (a, b) => expectTypeOf([a, b]).toEqualTypeOf<any[]>());
        socket.emit("any", { a: 1 }, () => {});
        expectTypeOf(socket.emitWithAck("any")).toEqualTypeOf<Promise<any>>();
      });
    });
  });

  test("of listeners are those of the map, and of the reserved events", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      socket.on("add", (a, b, answer) => {
        expectTypeOf([a, b]).toEqualTypeOf<number[]>();
        expectTypeOf(answer).toEqualTypeOf<(sum: number) => void>();
      });
      socket.once("disconnect", (reason) => expectTypeOf(reason).toExtend<string>());
      // @ts-expect-error -- no such event comes from clients
      socket.on("said", () => {});
      // @ts-expect-error -- the argument is a string
      socket.on("say", (text: number) => text);
    });
  });

  test("of a socket's emit are those of the map, the acknowledgement included", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      socket.emit("said", "x");
      socket.emit("ask", "x", (reply) => expectTypeOf(reply).toEqualTypeOf<boolean>());
      // @ts-expect-error -- the argument is a string
      socket.emit("said", 1);
      // @ts-expect-error -- no such event goes to clients
      socket.emit("say", "x");
      expectTypeOf(socket.emitWithAck("ask", "x")).toEqualTypeOf<Promise<boolean>>();
      // @ts-expect-error -- this event has no acknowledgement
      void socket.emitWithAck("said", "x");
    });
  });

  test("of a socket with a time-out give the callback an error first", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      socket.timeout(1).emit("ask", "x", (error, reply) => {
        expectTypeOf(error).toEqualTypeOf<Error>();
        expectTypeOf(reply).toEqualTypeOf<boolean>();
      });
      expectTypeOf(socket.timeout(1).emitWithAck("ask", "x")).toEqualTypeOf<Promise<boolean>>();
    });
  });

  test("of broadcasts refuse acknowledgements without an operator, and collect them with one", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      io.emit("said", "x");
      io.send("x");
      // @ts-expect-error -- an event with an acknowledgement
      io.emit("ask", "x", () => {});
      io.timeout(1).emit("ask", "x", (error, replies) => {
        expectTypeOf(error).toEqualTypeOf<Error>();
        expectTypeOf(replies).toEqualTypeOf<boolean[]>();
      });
      expectTypeOf(io.to("room").timeout(1).emitWithAck("ask", "x")).toEqualTypeOf<Promise<boolean[]>>();
      // @ts-expect-error -- without a timeout there is no error
      void io.to("room").emitWithAck("ask", "x");
    });
  });

  test("of events between servers are theirs", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      io.on("hello", (name) => expectTypeOf(name).toEqualTypeOf<string>());
      io.serverSideEmit("hello", "x");
      io.serverSideEmit("load", (error, loads) => {
        expectTypeOf(error).toEqualTypeOf<Error>();
        expectTypeOf(loads).toEqualTypeOf<number[]>();
      });
      expectTypeOf(io.serverSideEmitWithAck("load")).toEqualTypeOf<Promise<number[]>>();
      // @ts-expect-error -- no such event goes between servers
      io.serverSideEmit("said", "x");
    });
  });

  test("of data go with sockets, near and far", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      io.use((socket, next) => {
        expectTypeOf(socket.data).toEqualTypeOf<Data>();
        next();
      });
      expectTypeOf(io.fetchSockets()).toEqualTypeOf<Promise<RemoteSocket<ToClients, Data>[]>>();
      const socket = {} as TypedSocket;
      expectTypeOf(socket.nsp).toEqualTypeOf<Namespace<FromClients, ToClients, BetweenServers, Data>>();
      expectTypeOf(io.of("/x")).toEqualTypeOf(socket.nsp);
      expectTypeOf(socket.to("room")).toEqualTypeOf(io.to("room"));
      expectTypeOf(socket.to("room")).toExtend<BroadcastOperator<never, Data>>();
    });
  });
});
