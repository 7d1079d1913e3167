/* oxlint-disable typescript/no-explicit-any -- what `any` there is, is meant */
import type { EventEmitter } from "node:events";
import type { CloseReason } from "@skein/engine";
import type * as reference from "socket.io";
import { describe, expectTypeOf, test } from "vitest";
import type * as skein from "../src/index.ts";

/** What is public of a class, or an interface, of the reference. */
type Members<T> = Exclude<keyof T, `_${string}` | symbol>;

type Method = (...args: any[]) => unknown;

/**
 * Missing members, and values not assignable to those of the reference. Methods are covered by the
 * drop-in programs.
 */
type Unlike<Ours, Theirs> = {
  [Name in Members<Theirs>]: Name extends keyof Ours
    ? Theirs[Name] extends Method
      ? never
      : Ours[Name] extends Theirs[Name]
        ? never
        : Name
    : Name;
}[Members<Theirs>];

type Nothing<T> = Extract<T, null | undefined>;

/** Members that may be null or undefined here and not in the reference. */
type Emptier<Ours, Theirs> = {
  [Name in Members<Theirs> & keyof Ours]: [Nothing<Ours[Name]>] extends [Nothing<Theirs[Name]>]
    ? never
    : Name;
}[Members<Theirs> & keyof Ours];

type TheirClient = reference.Socket["client"];
type TheirConnection = reference.Socket["conn"];

describe("types of the reference", () => {
  test("hold for every value that a socket, a handshake, a client or a namespace has", () => {
    // The classes of the reference have private members: nothing else can stand for them.
    type Nominal = "nsp" | "client" | "conn" | "volatile" | "broadcast" | "local";
    expectTypeOf<Unlike<skein.Socket, reference.Socket>>().toEqualTypeOf<Nominal>();
    expectTypeOf<Unlike<skein.Handshake, reference.Socket["handshake"]>>().toBeNever();
    expectTypeOf<Unlike<skein.Client, TheirClient>>().toEqualTypeOf<"conn">();
    expectTypeOf<Unlike<skein.RemoteSocket<any>, reference.RemoteSocket<any, any>>>().toBeNever();
    expectTypeOf<Unlike<skein.Namespace, reference.Namespace>>().toEqualTypeOf<
      "sockets" | "adapter" | "volatile" | "local" | "server"
    >();
    expectTypeOf<skein.DisconnectReason>().toEqualTypeOf<reference.DisconnectReason>();
    expectTypeOf<skein.ExtendedError>().toEqualTypeOf<reference.ExtendedError>();
  });

  test("leave no member empty that is never empty there", () => {
    expectTypeOf<Emptier<skein.Socket, reference.Socket>>().toBeNever();
    expectTypeOf<Emptier<skein.Client, TheirClient>>().toBeNever();
    expectTypeOf<Emptier<skein.ClientConnection, TheirConnection>>().toBeNever();
    // Of type any, which may be everything.
    expectTypeOf<Emptier<skein.Namespace, reference.Namespace>>().toEqualTypeOf<"server">();
    expectTypeOf<Emptier<skein.Server, reference.Server>>().toBeNever();
    expectTypeOf<Emptier<skein.Handshake, reference.Socket["handshake"]>>().toBeNever();
  });

  test("give a connection every member of the reference, and of an event emitter", () => {
    // The class of the reference's transport has private members, and its state can be written.
    expectTypeOf<Unlike<skein.ClientConnection, TheirConnection>>().toEqualTypeOf<"transport">();
    expectTypeOf<skein.ClientConnection>().toExtend<EventEmitter>();
    const listen = (connection: skein.ClientConnection): void => {
      connection.on("close", (reason) => expectTypeOf(reason).toEqualTypeOf<CloseReason>());
      connection.prependOnceListener("drain", () => {}).emit("own", 1);
      connection.on("own", (value) => value.anything).removeAllListeners("own");
      expectTypeOf(connection.listeners("close").length).toBeNumber();
    };
    expectTypeOf(listen).toBeFunction();
  });

  test("let a request be dropped all the same", () => {
    const drop = (connection: skein.ClientConnection): void => {
      connection.request = null;
    };
    expectTypeOf(drop).toBeFunction();
  });
});
