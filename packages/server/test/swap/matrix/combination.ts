import { behaviourOf } from "../../behaviour/behaviour.ts";
import {
  differences,
  engineIo,
  nothingCatches,
  socketIo,
  socketIoAdapter,
  socketIoParser,
} from "../../behaviour/differences.ts";
import type { Implementation, Options } from "../../behaviour/implementation.ts";
import { onNode } from "../../behaviour/on-node.ts";
import { transports } from "../../behaviour/transport.ts";
import type { WireParser } from "../../behaviour/wire/transcoded-wire.ts";
import { adapters, engines, parsers, servers } from "./layers.ts";

/** One choice for each layer. */
export interface Combination {
  readonly server: keyof typeof servers;
  readonly engine: keyof typeof engines;
  readonly parser: keyof typeof parsers;
  readonly adapter: keyof typeof adapters;
}

type Reasons = Record<string, string>;

const ownersServer = "an HTTP server is closed by io.close() only where io was attached to it";
const noFiles = "client files are served only where io was attached to an HTTP server";

/** What comes with handing an engine over instead of attaching the server. */
const boundEngine: Reasons = {
  "the callback and the promise come when the HTTP server has closed": ownersServer,
  "closing twice is safe, and the second callback tells of it": ownersServer,
  "nobody new gets in": "an engine that was handed over goes on with its HTTP server",
};
for (const file of [
  "socket.io.js",
  "socket.io.min.js",
  "socket.io.msgpack.min.js",
  "socket.io.esm.min.js",
  "socket.io.js.map",
  "socket.io.min.js.map",
]) {
  boundEngine[`the client file ${file} is served`] = noFiles;
}

const inText = "its packets are written in the protocol's own codec, byte for byte";

/** Topics about the replaced codec; the replacement has its own tests for bad packets. */
const otherCodec: Reasons = {
  "bad packets": inText,
  "requests and replies": inText,
  "bad requests": inText,
  "clients of revision 3": inText,
};

/** Differences in values of `socket.io-msgpack-parser`, and packets without a form in it. */
const messagePack: Reasons = {
  "values become what JSON makes of them": "MessagePack has words for dates and maps of its own",
  "toJSON is heeded in data with attachments": "MessagePack has a word for dates",
  "every kind of view is sent as the bytes it shows":
    "socket.io-msgpack-parser gives clients ArrayBuffers, and cuts larger numbers to bytes",
  "an attachment whose memory was transferred is refused by emit, and the connection goes on":
    "socket.io-msgpack-parser sends it as no bytes",
  "a Blob is refused by emit, and the connection goes on":
    "socket.io-msgpack-parser sends it as an empty object",
  "an acknowledgement without a payload calls back with none": "socket.io-msgpack-parser refuses it",
  "an initial packet follows the open packet": "the initial packet is text",
  "deeply nested data that is echoed to everybody does not end the process":
    "the test's own codec does not nest so deep",
};

/** Under the published server: what the server leaves to its codec, and this codec lets pass. */
const uncheckedMessagePack: Reasons = {
  "an acknowledgement id that is no safe integer is a protocol error":
    "socket.io-msgpack-parser takes every whole number",
};

/**
 * Skein's engine delivers an empty text; the published engine delivers nothing, so decoders throw.
 */
const emptyText: Reasons = {
  "no Socket.IO packet at all is an error and closes that client's connection only":
    "socket.io-parser takes an empty text for a CONNECT",
};

const saidFirst =
  "the engine does what a listener asks for once the listener has returned, so the server's own reason comes first";

/** The published server calls `close()` inside an engine listener and checks the result at once. */
const engineWaits: Reasons = {
  "a second CONNECT closes that client's connection only": saidFirst,
  "a CONNECT_ERROR closes that client's connection only": saidFirst,
  "an event for a namespace that was not joined closes that client's connection only": saidFirst,
  "an acknowledgement for a namespace that was not joined closes that client's connection only": saidFirst,
  "a DISCONNECT from a namespace that was not joined closes that client's connection only": saidFirst,
  "what is emitted arrives although every HTTP connection is cut in the turn of close":
    "the published server does not ask its engine to write before it returns",
};

function ofPublishedServer({ engine, parser }: Combination): Reasons {
  return {
    ...socketIo,
    ...(engine === "skein" ? engineWaits : {}),
    ...(parser === "socket.io-parser" ? nothingCatches : {}),
    ...(parser === "socket.io-msgpack-parser" ? uncheckedMessagePack : {}),
  };
}

function differencesOf(combination: Combination): Reasons {
  const { server, engine, parser, adapter } = combination;
  return {
    ...boundEngine,
    ...(server === "skein" ? differences : ofPublishedServer(combination)),
    ...(engine === "skein" ? {} : engineIo),
    ...(server === "skein" && adapter === "own" ? {} : socketIoAdapter),
    ...(parser === "socket.io-parser" ? socketIoParser : {}),
    ...(parser === "socket.io-parser" && engine === "skein" ? emptyText : {}),
    ...(parser === "socket.io-msgpack-parser" ? messagePack : {}),
  };
}

function implementationOf(combination: Combination): Implementation {
  const { server, engine, parser, adapter } = combination;
  const foreign = parser === "socket.io-msgpack-parser";
  return {
    name: `server ${server}, engine ${engine}, parser ${parser}, adapter ${adapter}`,
    // A single swapped layer is tested with every transport; several only with the official
    // client's default, which uses both.
    transports: swapped(combination) === 1 ? transports : ["polling, then websocket"],
    knownDifferences: differencesOf(combination),
    ...(foreign ? { parser: parsers[parser] as unknown as WireParser, leftOut: otherCodec } : {}),
    start: onNode((http, given) => {
      // A behaviour that brings an adapter of its own is about that one.
      const layers = { parser: parsers[parser], adapter: given.adapter ?? adapters[adapter](given) };
      const options = { ...given, ...layers } as Options;
      const io = servers[server](options);
      engines[engine](io, http, options);
      return io;
    }),
  };
}

const names = <T extends object>(layer: T): (keyof T)[] => Object.keys(layer) as (keyof T)[];

/** How many layers are not of the server's own maker. */
function swapped({ server, engine, parser, adapter }: Combination): number {
  const own = server === "skein" ? ["skein", "skein"] : ["engine.io", "socket.io-parser"];
  return [engine !== own[0], parser !== own[1], adapter !== "own"].filter(Boolean).length;
}

/**
 * All combinations of a server with this engine. A complete server has a behaviour test of its own
 * in its usual configuration; the published server's own adapter is the published one.
 */
function combinationsOf(server: Combination["server"], engine: Combination["engine"]): Combination[] {
  const choices: readonly Combination["adapter"][] = server === "skein" ? names(adapters) : ["own"];
  return names(parsers)
    .flatMap((parser) => choices.map((adapter) => ({ server, engine, parser, adapter })))
    .filter((combination) => swapped(combination) > 0);
}

/** Holds every combination of this server and this engine to the behaviour suite. */
export function matrixOf(server: Combination["server"], engine: Combination["engine"]): void {
  for (const combination of combinationsOf(server, engine)) behaviourOf(implementationOf(combination));
}
