import { IncomingMessage } from "node:http";
import { EngineConnection, Server as Engine } from "@skein/engine";
import { expect } from "vitest";
import { BroadcastOperator, Namespace, Socket } from "../../../src/index.ts";
import type { Kind } from "./entry.ts";

function instanceOf(type: abstract new (...args: never[]) => unknown): Kind {
  return (value) => expect(value).toBeInstanceOf(type);
}

export const operator = instanceOf(BroadcastOperator);
export const namespace = instanceOf(Namespace);
export const socket = instanceOf(Socket);
export const engine = instanceOf(Engine);
export const connection = instanceOf(EngineConnection);
export const request = instanceOf(IncomingMessage);
export const map = instanceOf(Map);
export const set = instanceOf(Set);

function typeOf(type: "string" | "number" | "boolean" | "function" | "object"): Kind {
  return (value) => expect(typeof value).toBe(type);
}

export const text = typeOf("string");
export const number = typeOf("number");
export const truthValue = typeOf("boolean");
export const functions = typeOf("function");
export const anObject: Kind = (value) => expect(value).toEqual(expect.any(Object));
export const list: Kind = (value) => expect(Array.isArray(value)).toBe(true);

export const nothing: Kind = (value) => expect(value).toBeUndefined();
export const alwaysTrue: Kind = (value) => expect(value).toBe(true);
export const itself: Kind = (value, subject) => expect(value).toBe(subject);
/**
 * The page says `Server`; as in the reference, the object with the listeners is returned
 * (server-api, "Server").
 */
export const mainNamespace: Kind = (value, _subject, stage) => expect(value).toBe(stage.namespace);
export const theClient: Kind = (value, _subject, stage) => expect(value).toBe(stage.client);

/** A promise of this kind. */
export function promised(kind: Kind): Kind {
  return async (value, subject, stage) => {
    expect(value).toBeInstanceOf(Promise);
    await kind(await value, subject, stage);
  };
}

/** A promise that is rejected with an error. */
export const rejected: Kind = async (value) => {
  expect(value).toBeInstanceOf(Promise);
  await expect(value).rejects.toBeInstanceOf(Error);
};

/** A promise that is never resolved here; it may be rejected when the stage is closed. */
export const pending: Kind = (value) => {
  expect(value).toBeInstanceOf(Promise);
  (value as Promise<unknown>).catch(() => {});
};
