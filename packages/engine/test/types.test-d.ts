import type { IncomingMessage, ServerResponse } from "node:http";
import type session from "express-session";
import type helmet from "helmet";
import type passport from "passport";
import type { pinoHttp } from "pino-http";
import { describe, expectTypeOf, test } from "vitest";
import type { CloseReason, Connection, Middleware, Server } from "../src/index.ts";

type Next = (error?: unknown) => void;

/** What a framework adds to Node's own request. */
interface FrameworkRequest extends IncomingMessage {
  readonly params: Record<string, string>;
}

describe("a middleware", () => {
  test("that was written for Express or Connect needs no cast", () => {
    expectTypeOf<ReturnType<typeof session>>().toExtend<Middleware>();
    expectTypeOf<ReturnType<typeof helmet>>().toExtend<Middleware>();
    expectTypeOf<ReturnType<typeof pinoHttp>>().toExtend<Middleware>();
    expectTypeOf<ReturnType<passport.Authenticator["initialize"]>>().toExtend<Middleware>();
    expectTypeOf<
      (request: FrameworkRequest, response: ServerResponse, next: Next) => void
    >().toExtend<Middleware>();
  });

  test("may be asynchronous", () => {
    expectTypeOf<
      (request: IncomingMessage, response: ServerResponse, next: Next) => Promise<void>
    >().toExtend<Middleware>();
  });

  test("that handles errors, by its fourth parameter, is none of the engine's", () => {
    expectTypeOf<
      (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => void
    >().not.toExtend<Middleware>();
  });

  test("written in place knows the types of Node", () => {
    expectTypeOf<Parameters<Server["use"]>[0]>().parameters.toEqualTypeOf<
      [request: IncomingMessage, response: ServerResponse, next: Next]
    >();
  });

  test("must take a request", () => {
    expectTypeOf<(text: string) => void>().not.toExtend<Middleware>();
  });
});

// The functions are checked by the compiler and never called.
const neverRun = (_check: (connection: Connection) => void): void => {};

describe("a listener of a connection", () => {
  test("knows what it is given", () => {
    neverRun((connection) => {
      connection.on("message", (data) => expectTypeOf(data).toEqualTypeOf<string | Uint8Array>());
      connection.once("close", (reason, cause) => {
        expectTypeOf(reason).toEqualTypeOf<CloseReason>();
        expectTypeOf(cause).toBeUnknown();
      });
      connection.on("drain", (...nothing) => expectTypeOf(nothing).toEqualTypeOf<[]>());
    });
  });

  test("may name the kind of data that it knows to get", () => {
    neverRun((connection) => {
      connection.on("message", (data: string) => data.toUpperCase());
      connection.on("close", (reason: string) => reason.length);
    });
  });

  test("can't ask for what it never gets", () => {
    neverRun((connection) => {
      // @ts-expect-error -- a message is no number
      connection.on("message", (data: number) => data);
    });
  });

  test("of an event that a program chooses later is taken as it is", () => {
    neverRun((connection) => {
      const name = connection.id;
      connection.on(name, (...values: never[]) => values);
    });
  });
});
