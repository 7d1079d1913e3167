import type { IncomingMessage, ServerResponse } from "node:http";
import type { AttachOptions, EngineOptions } from "@skein/engine";

/** Options are typed as Skein's, which are meant to be those of the reference engine. */
export type Options = EngineOptions & AttachOptions;

type Listener = (...args: never[]) => void;

interface Emitter {
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

/** What the suite uses of a session, on the server's side. */
export interface EngineSocket extends Emitter {
  readonly id: string;
  readonly protocol: number;
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly upgraded: boolean;
  readonly transport: { readonly name: string; readonly writable: boolean };
  readonly remoteAddress: string | undefined;
  readonly request: IncomingMessage | null;
  send(data: string | Uint8Array, options?: { compress?: boolean }, callback?: () => void): unknown;
  close(discard?: boolean): unknown;
}

export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;

/** What the suite uses of an engine. */
export interface Engine extends Emitter {
  readonly clientsCount: number;
  generateId: (request: IncomingMessage) => string | Promise<string>;
  use(middleware: Middleware): unknown;
  attach(server: object, options?: AttachOptions): unknown;
  close(): unknown;
}

/** An engine under test. */
export interface Implementation {
  readonly name: string;
  createEngine(options: Options): Engine;
  /**
   * Intentional differences of this engine: a test's name and the reason. These tests are skipped.
   */
  readonly knownDifferences: Readonly<Record<string, string>>;
}
