import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from "node:http";
import type { HeaderLine } from "./live-response.ts";

export type HeaderValue = number | string | readonly string[];

interface Field {
  readonly name: string;
  readonly value: HeaderValue;
}

function text(value: HeaderValue): string | readonly string[] {
  return typeof value === "number" ? String(value) : value;
}

/**
 * Readable header fields of a response. Names are compared case-insensitively and keep the case of
 * the last `set`. Invalid names and values throw Node's errors: µWebSockets.js itself would write a
 * line break into the response.
 */
export class OutgoingHeaders {
  readonly #fields = new Map<string, Field>();

  set(name: string, value: HeaderValue): void {
    validateHeaderName(name);
    for (const each of [text(value)].flat()) validateHeaderValue(name, each);
    this.#fields.set(name.toLowerCase(), { name, value });
  }

  append(name: string, value: string | readonly string[]): void {
    const earlier = this.get(name);
    if (earlier === undefined) this.set(name, value);
    else this.set(name, [text(earlier), value].flat());
  }

  /** Sets all fields that have a value. */
  merge(headers: OutgoingHttpHeaders): void {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.set(name, value);
    }
  }

  /** Sets fields like `merge`, but appends cookies to those that are set. */
  join(headers: OutgoingHttpHeaders): void {
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) continue;
      if (name.toLowerCase() === "set-cookie") this.append(name, [text(value)].flat());
      else this.set(name, value);
    }
  }

  get(name: string): HeaderValue | undefined {
    return this.#fields.get(name.toLowerCase())?.value;
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }

  remove(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }

  rawNames(): string[] {
    return [...this.#fields.values()].map(({ name }) => name);
  }

  /** Returns the fields by lower-case name. */
  toObject(): Record<string, HeaderValue> {
    return Object.fromEntries([...this.#fields].map(([key, { value }]) => [key, value]));
  }

  /** Returns the header lines as written: a list becomes one line per value. */
  lines(): HeaderLine[] {
    return [...this.#fields.values()].flatMap(({ name, value }) =>
      [text(value)].flat().map((each): HeaderLine => [name, each]),
    );
  }

  /** True if a `Connection: close` header was set. */
  get closesConnection(): boolean {
    const value = this.get("connection");
    return typeof value === "string" && value.toLowerCase() === "close";
  }
}

/**
 * Creates validated header fields from a plain object. Two spellings of a name are one field, of
 * which the later value applies; cookies are appended.
 */
export function headerFields(headers: OutgoingHttpHeaders | undefined): OutgoingHeaders {
  const fields = new OutgoingHeaders();
  if (headers) fields.join(headers);
  return fields;
}
