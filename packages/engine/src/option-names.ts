import { quoted } from "./escaped.ts";

const COOKIE =
  "name path domain maxAge expires httpOnly secure partitioned priority sameSite encode stringify";
const CORS =
  "origin methods allowedHeaders headers exposedHeaders credentials maxAge preflightContinue optionsSuccessStatus";
const ZLIB =
  "flush finishFlush chunkSize windowBits level memLevel strategy dictionary info maxOutputLength threshold";
const DEFLATE =
  "threshold concurrencyLimit zlibDeflateOptions zlibInflateOptions serverNoContextTakeover " +
  "clientNoContextTakeover serverMaxWindowBits clientMaxWindowBits level memLevel";

const ENGINE =
  "pingInterval pingTimeout upgradeTimeout closeTimeout maxHttpBufferSize transports allowUpgrades allowRequest " +
  "allowEIO3 cookie cors httpCompression perMessageDeflate wsEngine initialPacket maxOutboxBytes outboxPolicy " +
  "maxUrlLength maxSessions maxSessionsPerAddress maxPendingHandshakes handshakeTimeout maxPacketsPerPayload bodyTimeout";
const ATTACH = "path addTrailingSlash destroyUpgrade destroyUpgradeTimeout";

/** Options of the layers above, which pass a program's options on as a whole. */
const OF_LAYERS_ABOVE =
  "serveClient adapter parser connectTimeout connectionStateRecovery cleanupEmptyChildNamespaces " +
  "maxNamespacesPerConnection maxNamespaceLength ackTimeout rejectOnDisconnect strict attachmentTimeout " +
  "compression idleTimeout maxLifetime maxBackpressure ssl proxyProtocol files";

const setOf = (...lists: string[]): ReadonlySet<string> => new Set(lists.join(" ").split(" "));

const NAMES = setOf(ENGINE, ATTACH, OF_LAYERS_ABOVE);

const NAMES_WITHIN: Readonly<Record<string, ReadonlySet<string>>> = {
  cookie: setOf(COOKIE),
  cors: setOf(CORS),
  httpCompression: setOf(ZLIB),
  perMessageDeflate: setOf(DEFLATE),
  connectionStateRecovery: setOf("maxDisconnectionDuration skipMiddlewares"),
};

/** Maximum length of a name in a warning. */
const MAX_PRINTED = 200;

const warned = new Set<string>();

/** Returns the number of letters to add, remove or replace. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1];
    for (let index = 0; index < other.length; index++) {
      const replaced = (row[index] ?? 0) + (other[index] === one[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Returns the most similar known name, if one is similar enough. */
function nearest(name: string, known: ReadonlySet<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 4)) + 1;
  for (const candidate of known) {
    const letters = distance(name.toLowerCase(), candidate.toLowerCase());
    if (letters >= least) continue;
    least = letters;
    best = candidate;
  }
  return best;
}

function warn(name: string, within: string, known: ReadonlySet<string>): void {
  const full = within + name;
  if (warned.has(full)) return;
  warned.add(full);
  const better = nearest(name, known);
  const advice = better === undefined ? "it has no effect." : `did you mean \`${within}${better}\`?`;
  process.emitWarning(`unknown option \`${quoted(full.slice(0, MAX_PRINTED)).slice(1, -1)}\`: ${advice}`, {
    type: "SkeinWarning",
    code: "SKEIN_UNKNOWN_OPTION",
  });
}

function warnWithin(options: object, within: string, known: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !known.has(name)) warn(name, within, known);
}

/**
 * Warns of each option that is unknown to the engine and the layers above, once per name and
 * process, with the code `SKEIN_UNKNOWN_OPTION`.
 */
export function warnOfUnknownOptions(options: object): void {
  warnWithin(options, "", NAMES);
  for (const [name, known] of Object.entries(NAMES_WITHIN)) {
    const value: unknown = Reflect.get(options, name);
    if (typeof value === "object" && value !== null) warnWithin(value, `${name}.`, known);
  }
}
