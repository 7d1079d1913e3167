/* oxlint-disable typescript/no-explicit-any -- what `any` there is, is meant */
import { describe, expectTypeOf, test } from "vitest";
import type { DefaultEventsMap, Namespace, RemoteSocket, Server, Socket } from "../../src/index.ts";

interface FromClients {
  say: (text: string) => void;
}

interface ToClients {
  said: (text: string) => void;
  message: (text: string) => void;
  ask: (question: string, answer: (reply: boolean, note: string) => void) => void;
  risk: (answer: (error: Error, reply: number) => void) => void;
}

interface Silent {
  said: (text: string) => void;
}

interface BetweenServers {
  load: (answer: (load: number) => void) => void;
}

interface Data {
  user: string;
}

type TypedServer = Server<FromClients, ToClients, BetweenServers, Data>;
type TypedSocket = Socket<FromClients, ToClients, BetweenServers, Data>;

// The functions are checked by the compiler and never called.
const neverRun = (_check: () => void): void => {};

describe("the generics of the API", () => {
  test("default to what clients send, to any event, and to any data", () => {
    // oxlint-disable typescript/no-unnecessary-type-arguments -- the defaults are what is shown
    expectTypeOf<Server<FromClients>>().toEqualTypeOf<
      Server<FromClients, FromClients, DefaultEventsMap, any>
    >();
    expectTypeOf<Namespace<FromClients>>().toEqualTypeOf<
      Namespace<FromClients, FromClients, DefaultEventsMap, any>
    >();
    // oxlint-enable typescript/no-unnecessary-type-arguments
    expectTypeOf<Socket["data"]>().toBeAny();
    expectTypeOf<TypedSocket["data"]>().toEqualTypeOf<Data>();
    expectTypeOf<RemoteSocket<ToClients, Data>["data"]>().toEqualTypeOf<Data>();
  });

  test("let a socket listen to its reserved events beside those of the map", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      socket.on("disconnecting", (reason) => expectTypeOf(reason).toExtend<string>());
      socket.once("disconnect", (reason, description) => {
        expectTypeOf(reason).toExtend<string>();
        expectTypeOf(description).toBeAny();
      });
      socket.on("error", (error) => expectTypeOf(error).toEqualTypeOf<Error>());
      socket.once("say", (text) => expectTypeOf(text).toEqualTypeOf<string>());
    });
  });

  test("give back what an acknowledgement holds first, errors aside", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      expectTypeOf(socket.emitWithAck("ask", "x")).toEqualTypeOf<Promise<boolean>>();
      expectTypeOf(socket.emitWithAck("risk")).toEqualTypeOf<Promise<number>>();
    });
  });

  test("put an error before what a socket's callback is given, unless there is one", () => {
    neverRun(() => {
      const socket = {} as TypedSocket;
      socket.timeout(1).emit("ask", "x", (...args) => {
        expectTypeOf(args).toEqualTypeOf<[error: Error, reply: boolean, note: string]>();
      });
      socket.timeout(1).emit("risk", (...args) => {
        expectTypeOf(args).toEqualTypeOf<[error: Error, reply: number]>();
      });
    });
  });

  test("let a server and a namespace send what asks for no answer, and messages if there are any", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      io.emit("said", "x");
      io.of("/").emit("said", "x");
      io.of("/").send("x");
      // @ts-expect-error -- an event with an acknowledgement
      io.of("/").emit("ask", "x", () => {});
      const silent = {} as Server<FromClients, Silent>;
      // @ts-expect-error -- there is no event named message
      silent.send("x");
      // @ts-expect-error -- a message is a string
      io.send(1);
    });
  });

  test("make a list of a broadcast's first answers, and drop what follows", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      const socket = {} as TypedSocket;
      for (const operator of [io.to("a"), io.of("/").in("a"), socket.broadcast, io.local]) {
        operator.emit("ask", "x", (...args) => {
          expectTypeOf(args).toEqualTypeOf<[responses: boolean[]]>();
        });
        operator.timeout(1).emit("ask", "x", (...args) => {
          expectTypeOf(args).toEqualTypeOf<[error: Error, responses: boolean[]]>();
        });
        expectTypeOf(operator.timeout(1).emitWithAck("ask", "x")).toEqualTypeOf<Promise<boolean[]>>();
        expectTypeOf(operator.emitWithAck("risk")).toEqualTypeOf<Promise<number[]>>();
        // @ts-expect-error -- without a timeout there is no error
        void operator.emitWithAck("ask", "x");
      }
    });
  });

  test("let a server listen to its reserved events and to other servers", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      for (const event of ["connect", "connection"] as const) {
        io.on(event, (socket) => expectTypeOf(socket).toEqualTypeOf<TypedSocket>());
        io.of("/").on(event, (socket) => expectTypeOf(socket).toEqualTypeOf<TypedSocket>());
      }
      io.on("new_namespace", (namespace) => {
        expectTypeOf(namespace).toEqualTypeOf<Namespace<FromClients, ToClients, BetweenServers, Data>>();
      });
      io.on("load", (answer) => expectTypeOf(answer).toEqualTypeOf<(load: number) => void>());
      // @ts-expect-error -- what clients send is heard on sockets
      io.on("say", () => {});
    });
  });

  test("make a list of the other servers' answers, after an error", () => {
    neverRun(() => {
      const io = {} as TypedServer;
      io.of("/").serverSideEmit("load", (...args) => {
        expectTypeOf(args).toEqualTypeOf<[error: Error, responses: number[]]>();
      });
      expectTypeOf(io.of("/").serverSideEmitWithAck("load")).toEqualTypeOf<Promise<number[]>>();
    });
  });

  test("leave everything open where nothing is declared", () => {
    neverRun(() => {
      const socket = {} as Socket;
      socket.on("whatever", (...args) => expectTypeOf(args).toEqualTypeOf<any[]>());
    });
  });
});
