import { createDeflate, createDeflateRaw, createGzip, createInflateRaw } from "node:zlib";
import { isFieldValue } from "./http/field-value.ts";
import { sessionCookie } from "./http/session-cookie.ts";
import { checks, isObject } from "./option-checks.ts";
import { bytesOf, isBytes } from "./protocol/bytes.ts";

/** Returns the effective value; undefined selects the default. */
type Check = (value: unknown, name: string) => unknown;

const TRANSPORTS: readonly unknown[] = ["polling", "websocket", "webtransport"];
const OUTBOX_POLICIES: readonly unknown[] = ["close", "refuse-volatile"];
const WINDOW_BITS = { least: 8, most: 15 };

/** A time option of the reference server, where every falsy value means zero. */
const time: Check = (value, name) =>
  checks.time(name, value === null || value === false || value === "" ? 0 : value);

const keep: Check = (value) => value;

const flag: Check = (value, name) => checks.flag(name, value);

/** A time option specific to Skein. */
function ownTime(least: number): Check {
  return (value, name) => (value === null ? undefined : checks.time(name, value, least));
}

/** A number option specific to Skein. */
function ownAmount(least: number): Check {
  return (value, name) => (value === null ? undefined : checks.number(name, value, { least }));
}

function allowRequest(value: unknown, name: string): unknown {
  if (!value) return undefined;
  if (typeof value === "function") return value;
  throw checks.refusal(name, "a function (request, callback)", value);
}

function transports(value: unknown, name: string): unknown {
  if (Array.isArray(value) && value.length > 0 && value.every((entry) => TRANSPORTS.includes(entry)))
    return value as unknown;
  const unknown: unknown = Array.isArray(value)
    ? value.find((entry) => !TRANSPORTS.includes(entry))
    : undefined;
  throw checks.refusal(
    name,
    `a list of one or more of "${TRANSPORTS.join('", "')}"`,
    value,
    unknown === undefined
      ? undefined
      : checks.refusal("Each of its entries", "one of these", unknown).message,
  );
}

function outboxPolicy(value: unknown, name: string): unknown {
  if (value === null) return undefined;
  if (OUTBOX_POLICIES.includes(value)) return value;
  throw checks.refusal(name, `one of "${OUTBOX_POLICIES.join('", "')}"`, value);
}

function wsEngine(value: unknown, name: string): unknown {
  if (typeof value === "function") return value;
  throw checks.refusal(name, "a class such as the WebSocketServer of ws", value);
}

function initialPacket(value: unknown, name: string): unknown {
  if (!value) return undefined;
  if (typeof value === "string") return value;
  if (isBytes(value)) return bytesOf(value);
  throw checks.refusal(name, "a text or bytes", value);
}

function cookie(value: unknown, name: string): unknown {
  if (!value) return false;
  if (value !== true && !isObject(value))
    throw checks.refusal(name, "true, false or attributes", value, 'A name is given as { name: "io" }.');
  try {
    sessionCookie(value, "id");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw checks.refusal(name, `attributes that a cookie can have (${why})`, value, undefined, cause);
  }
  return value;
}

/**
 * An object; `true` selects the default, and falsy values mean `false`. Falsy numbers in the object
 * mean zero.
 */
function compression(value: unknown, name: string): unknown {
  if (!value) return false;
  if (value === true) return true;
  if (!isObject(value)) throw checks.refusal(name, "true, false or options of compression", value);
  if (!("threshold" in value) || value["threshold"] === undefined) return value;
  const bytes = checks.number(`${name}.threshold`, value["threshold"] || 0, { least: 0, unit: "bytes" });
  return { ...value, threshold: bytes };
}

/**
 * Creates and closes a compressor. The error that zlib throws for invalid options names the option.
 */
function tryZlib(make: (options: object) => { close(): void }, options: object, name: string): void {
  try {
    make(options).close();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw checks.refusal(name, `options that zlib takes (${why})`, options, undefined, cause);
  }
}

function httpCompression(value: unknown, name: string): unknown {
  const setting = compression(value, name);
  if (!isObject(setting)) return setting;
  for (const make of [createGzip, createDeflate]) tryZlib(make, setting, name);
  return setting;
}

function windowBits(setting: Readonly<Record<string, unknown>>, name: string, side: string): void {
  const value = setting[side];
  if (value && value !== true) checks.number(`${name}.${side}`, value, WINDOW_BITS);
}

function perMessageDeflate(value: unknown, name: string): unknown {
  const setting = compression(value, name);
  if (!isObject(setting)) return setting;
  const { zlibDeflateOptions, zlibInflateOptions, concurrencyLimit } = setting;
  if (concurrencyLimit) checks.number(`${name}.concurrencyLimit`, concurrencyLimit, { least: 1 });
  windowBits(setting, name, "serverMaxWindowBits");
  windowBits(setting, name, "clientMaxWindowBits");
  if (isObject(zlibDeflateOptions))
    tryZlib(createDeflateRaw, zlibDeflateOptions, `${name}.zlibDeflateOptions`);
  if (isObject(zlibInflateOptions))
    tryZlib(createInflateRaw, zlibInflateOptions, `${name}.zlibInflateOptions`);
  return setting;
}

/** Whether a value can be a header: a string, or a list of strings. */
function isHeader(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === "string" && isHeader(entry));
  return typeof value === "string" && isFieldValue(value);
}

function isOrigin(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isOrigin);
  return (
    isHeader(value) || !value || value === true || value instanceof RegExp || typeof value === "function"
  );
}

/**
 * Checks `cors` options: the package throws at the first preflight request for some values, and
 * takes others for "every origin".
 */
function checkCors(setting: Readonly<Record<string, unknown>>, name: string): void {
  const { origin, optionsSuccessStatus: status } = setting;
  if (!isOrigin(origin))
    throw checks.refusal(
      `${name}.origin`,
      "true, false, a text, a pattern, a list of these or a function",
      origin,
    );
  for (const field of ["methods", "allowedHeaders", "headers", "exposedHeaders"]) {
    const value = setting[field];
    if (value && !isHeader(value))
      throw checks.refusal(`${name}.${field}`, "a text or a list of texts", value);
  }
  if (status !== undefined && status !== null)
    checks.number(`${name}.optionsSuccessStatus`, status, { least: 200, most: 599 });
}

function cors(value: unknown, name: string): unknown {
  if (!value) return false;
  if (value === true || typeof value === "function") return value;
  if (!isObject(value))
    throw checks.refusal(
      name,
      "true, false, a function or options of the cors package",
      value,
      'Origins are given as { origin: "https://example.com" }.',
    );
  checkCors(value, name);
  const { methods, optionsSuccessStatus, ...rest } = value;
  return {
    ...rest,
    ...(methods === undefined || methods === null ? {} : { methods }),
    ...(optionsSuccessStatus === undefined || optionsSuccessStatus === null ? {} : { optionsSuccessStatus }),
  };
}

const CHECKS: Readonly<Record<string, Check>> = {
  pingInterval: time,
  pingTimeout: time,
  upgradeTimeout: time,
  closeTimeout: ownTime(0),
  maxHttpBufferSize: (value, name) => checks.number(name, value, { least: 1, unit: "bytes" }),
  transports,
  allowUpgrades: flag,
  allowRequest,
  allowEIO3: flag,
  cookie,
  cors,
  httpCompression,
  perMessageDeflate,
  wsEngine,
  initialPacket,
  maxOutboxBytes: ownAmount(1),
  outboxPolicy,
  maxUrlLength: ownAmount(1),
  maxSessions: ownAmount(0),
  maxSessionsPerAddress: ownAmount(1),
  maxPendingHandshakes: ownAmount(1),
  handshakeTimeout: ownTime(1),
  maxPacketsPerPayload: ownAmount(1),
  bodyTimeout: ownTime(0),
};

/**
 * Returns the effective values of given options, without those that select the default. Throws
 * `INVALID_OPTION` for a value of a wrong type or out of bounds; unknown keys are kept.
 */
export function meaningOf(options: object): Record<string, unknown> {
  const meant: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const check = (Object.hasOwn(CHECKS, name) && CHECKS[name]) || keep;
    const meaning: unknown = value === undefined ? undefined : check(value, name);
    if (meaning !== undefined) meant[name] = meaning;
  }
  return meant;
}
