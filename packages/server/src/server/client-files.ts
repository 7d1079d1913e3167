import { chooseCoding, type CorsSetting, type HttpExchange, type Middleware } from "@skein/engine";
import cors from "cors";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, deflate, gzip } from "node:zlib";

const SCRIPTS = [
  "socket.io.js",
  "socket.io.min.js",
  "socket.io.msgpack.min.js",
  "socket.io.esm.min.js",
] as const;

const JAVASCRIPT = "application/javascript; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

/** The served files with their types; no part of a URL is ever used as a path. */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  SCRIPTS.flatMap((name) => [
    [name, JAVASCRIPT],
    [`${name}.map`, JSON_TYPE],
  ]),
);

/** Names of the files, for hosts that need a route for each path. */
export const CLIENT_FILES: readonly string[] = [...CONTENT_TYPES.keys()];

/** Accepted codings, in the order of preference for `*`. */
const CODINGS = ["br", "gzip", "deflate", "identity"] as const;

type ContentCoding = Exclude<(typeof CODINGS)[number], "identity">;

const COMPRESSORS: Record<ContentCoding, (content: Uint8Array) => Promise<Uint8Array>> = {
  br: promisify<Uint8Array, Uint8Array>(brotliCompress),
  gzip: promisify<Uint8Array, Uint8Array>(gzip),
  deflate: promisify<Uint8Array, Uint8Array>(deflate),
};

interface Bundle {
  readonly directory: string;
  readonly etag: string;
}

/** Locates the installed official client and its version. */
function locate(): Bundle {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("socket.io-client/package.json");
  const { version } = require(manifest) as { version: string };
  return { directory: join(dirname(manifest), "dist"), etag: `"${version}"` };
}

/**
 * Browser builds of the official client (server-api, "Client files"). Each file is read once, and
 * compressed once for each requested coding.
 */
export class ClientFiles {
  readonly #bundle = locate();
  readonly #contents = new Map<string, Promise<Uint8Array>>();
  readonly #cors: Middleware | undefined;

  /** `setting` selects the origins that may load the files. */
  constructor(setting?: CorsSetting) {
    if (setting) this.#cors = setting === true ? cors() : cors(setting);
  }

  /**
   * Responds to a request for a file under `path`, which has no trailing slash; otherwise returns
   * false.
   */
  serve(exchange: HttpExchange, path: string): boolean {
    const name = fileName(exchange.request.url, path);
    const type = CONTENT_TYPES.get(name);
    if (type === undefined) return false;
    this.#allowOrigin(exchange, () => this.#answer(exchange, name, type));
    return true;
  }

  #allowOrigin(exchange: HttpExchange, proceed: () => void): void {
    if (this.#cors === undefined) return proceed();
    this.#cors(exchange.request.incoming, exchange.outgoing, (error?: unknown) => {
      if (error) exchange.respond({ status: 400 });
      else proceed();
    });
  }

  #answer(exchange: HttpExchange, name: string, type: string): void {
    const { etag } = this.#bundle;
    const known = exchange.request.headers["if-none-match"];
    if (known === etag || known === `W/${etag}`) exchange.respond({ status: 304 });
    else void this.#send(exchange, name, type);
  }

  async #send(exchange: HttpExchange, name: string, type: string): Promise<void> {
    const chosen = chooseCoding(exchange.request.headers["accept-encoding"], CODINGS);
    const coding = chosen === "identity" ? undefined : chosen;
    try {
      const body = await this.#content(name, coding);
      const encoding = coding === undefined ? {} : { "content-encoding": coding };
      const { etag } = this.#bundle;
      const headers = { "Cache-Control": "public, max-age=0", "Content-Type": type, ETag: etag, ...encoding };
      exchange.respond({ status: 200, headers, body });
    } catch {
      exchange.respond({ status: 500 });
    }
  }

  /** Returns a cached file. Failures are not cached, so the next request retries. */
  #content(name: string, coding: ContentCoding | undefined): Promise<Uint8Array> {
    const key = coding === undefined ? name : `${name} ${coding}`;
    const cached = this.#contents.get(key);
    if (cached !== undefined) return cached;
    const content = this.#load(name, coding);
    this.#contents.set(key, content);
    content.catch(() => this.#contents.delete(key));
    return content;
  }

  async #load(name: string, coding: ContentCoding | undefined): Promise<Uint8Array> {
    if (coding === undefined) return readFile(join(this.#bundle.directory, name));
    return COMPRESSORS[coding](await this.#content(name, undefined));
  }
}

function fileName(url: string, path: string): string {
  if (!url.startsWith(path)) return "";
  const query = url.indexOf("?");
  return url.slice(path.length + 1, query < 0 ? undefined : query);
}
