import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EngineChannelName, EngineDiagnostics } from "./channels.ts";
import type { Connection } from "../connection.ts";
import { EngineError, rootOf } from "../errors.ts";
import { escaped } from "../escaped.ts";
import { payloadSize } from "../protocol/payload-size.ts";

type Describe = { readonly [Name in EngineChannelName]: (message: EngineDiagnostics[Name]) => string };

/**
 * Returns a short form of the id, enough to tell sessions apart: the id is a secret that authorises
 * requests.
 */
function nameOf(connection: Connection): string {
  return `${escaped(connection.id.slice(0, 6))}…`;
}

function causeOf(cause: unknown): string {
  return cause instanceof EngineError ? ` ${rootOf(cause).code}` : "";
}

/**
 * Descriptions of messages. They contain nothing that a peer has written: no payload, header or
 * query.
 */
const DESCRIBE: Describe = {
  "skein:engine:session-open": ({ connection }) =>
    `${nameOf(connection)} ${connection.transport.name} from ${connection.remoteAddress ?? "unknown"}`,
  "skein:engine:session-close": ({ connection, reason, cause }) =>
    `${nameOf(connection)} ${reason}${causeOf(cause)}`,
  "skein:engine:upgrade": ({ connection, from, to }) => `${nameOf(connection)} ${from} to ${to}`,
  "skein:engine:upgrade-failed": ({ connection, status }) =>
    `${nameOf(connection)} ${status?.reason ?? "left"}`,
  "skein:engine:refused": ({ request, code }) => `${code} ${request?.socket?.remoteAddress ?? "unknown"}`,
  "skein:engine:packet-in": ({ connection, packet }) =>
    `${nameOf(connection)} ${packet.type} ${packet.data?.length ?? 0}`,
  "skein:engine:packet-out": ({ connection, packet }) =>
    `${nameOf(connection)} ${packet.type} ${payloadSize(packet.data)}`,
  "skein:engine:dropped": ({ connection, message, cause }) =>
    `${nameOf(connection)} ${cause} ${payloadSize(message)}`,
};

const NAMES = Object.keys(DESCRIBE) as EngineChannelName[];

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const literals = pattern.split("*").map((part) => part.replace(/[^\w:-]/g, "\\$&"));
    return new RegExp(`^${literals.join(".*")}$`);
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * Returns the channels selected by a value of the environment variable `DEBUG`, in the notation of
 * the `debug` package: names separated by commas or blanks, `*` as a wildcard, and a leading `-` to
 * exclude.
 */
export function channelsFor(debug: string | undefined): readonly EngineChannelName[] {
  const patterns = (debug ?? "").split(/[\s,]+/).filter((pattern) => pattern !== "");
  const wanted = matcher(patterns.filter((pattern) => !pattern.startsWith("-")));
  const unwanted = matcher(
    patterns.filter((pattern) => pattern.startsWith("-")).map((pattern) => pattern.slice(1)),
  );
  return NAMES.filter((name) => wanted(name) && !unwanted(name));
}

function follow<Name extends EngineChannelName>(name: Name, write: (line: string) => void): () => void {
  const onMessage: ChannelListener = (message) => {
    const text = DESCRIBE[name](message as EngineDiagnostics[Name]);
    write(`${new Date().toISOString()} ${name} ${text}\n`);
  };
  subscribe(name, onMessage);
  return () => {
    unsubscribe(name, onMessage);
  };
}

/**
 * Writes a line for every message on the channels selected by `debug`, until the returned function
 * is called.
 */
export function startDebugLog(debug: string | undefined, write: (line: string) => void): () => void {
  const stops = channelsFor(debug).map((name) => follow(name, write));
  return () => {
    for (const stop of stops) stop();
  };
}

let started = false;

/**
 * Starts the log selected by the environment, once per process. Without `DEBUG` it costs nothing.
 */
export function startEnvironmentLog(): void {
  if (started) return;
  started = true;
  startDebugLog(process.env["DEBUG"], (line) => process.stderr.write(line));
}
