/** Query parameters. An object without prototype, because the client chooses the keys. */
export type Query = Readonly<Record<string, string | undefined>>;

/** The query parameters that the engine reads (engine-protocol, "Query parameters"). */
export interface Parameters {
  readonly EIO: string | undefined;
  readonly transport: string | undefined;
  readonly sid: string | undefined;
  readonly b64: string | undefined;
  readonly j: string | undefined;
}

/** Characters that the standard parser does not read verbatim. Nearly all clients send none. */
const ESCAPES = /[%+]|\?\?/;
const EQUALS = "=".charCodeAt(0);

/**
 * Parses the query of a URL such as `request.url` (engine-protocol, "Query parameters"); the last
 * value of a repeated key wins. The result has no prototype. Never throws, whatever the URL.
 */
export function parseQuery(url: string): Record<string, string> {
  const query = Object.create(null) as Record<string, string>;
  const start = url.indexOf("?");
  if (start === -1) return query;
  for (const [key, value] of new URLSearchParams(url.slice(start + 1))) query[key] = value;
  return query;
}

/**
 * The parameters of one request, always of the same shape, because they are read for every poll.
 */
class ReadParameters implements Parameters {
  EIO: string | undefined = undefined;
  transport: string | undefined = undefined;
  sid: string | undefined = undefined;
  b64: string | undefined = undefined;
  j: string | undefined = undefined;

  /** Sets a parameter; unknown keys are ignored. */
  take(key: string, value: string): void {
    switch (key) {
      case "EIO":
      case "transport":
      case "sid":
      case "b64":
      case "j":
        this[key] = value;
    }
  }
}

function endOfKey(url: string, start: number, end: number): number {
  let at = start;
  while (at < end && url.charCodeAt(at) !== EQUALS) at += 1;
  return at;
}

function endOfPair(url: string, start: number): number {
  const end = url.indexOf("&", start);
  return end === -1 ? url.length : end;
}

/**
 * Returns the parameter name at this position. Compares in place, because creating a substring
 * would cost time for every poll.
 */
function nameAt(url: string, start: number, end: number): keyof Parameters | undefined {
  switch (end - start) {
    case 1:
      return url.startsWith("j", start) ? "j" : undefined;
    case 3:
      if (url.startsWith("EIO", start)) return "EIO";
      if (url.startsWith("sid", start)) return "sid";
      return url.startsWith("b64", start) ? "b64" : undefined;
    case 9:
      return url.startsWith("transport", start) ? "transport" : undefined;
    default:
      return undefined;
  }
}

/** Returns the engine's parameters from an object. Values that are not strings count as absent. */
export function pickParameters(values: object): Parameters {
  const parameters = new ReadParameters();
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "string") parameters.take(key, value);
  }
  return parameters;
}

/** Returns the same values as `parseQuery` for the engine's parameters. */
function read(url: string): Parameters {
  if (ESCAPES.test(url)) return pickParameters(parseQuery(url));
  const parameters = new ReadParameters();
  const query = url.indexOf("?") + 1;
  for (let start = query === 0 ? url.length : query; start < url.length; ) {
    const end = endOfPair(url, start);
    const border = endOfKey(url, start, end);
    const name = nameAt(url, start, border);
    if (name !== undefined) parameters[name] = url.slice(border + 1, end);
    start = end + 1;
  }
  return parameters;
}

let latestUrl = "";
let latest: Parameters = new ReadParameters();

/**
 * Returns the same values as `parseQuery` for the engine's parameters. The last result is cached,
 * because nearly all WebSocket handshakes have the URL of the previous one.
 */
export function readParameters(url: string): Parameters {
  if (url === latestUrl) return latest;
  const parameters = read(url);
  if (parameters.sid !== undefined) return parameters;
  latestUrl = url;
  latest = parameters;
  return parameters;
}
