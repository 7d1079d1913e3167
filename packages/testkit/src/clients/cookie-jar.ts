import type { ClientResponse } from "./host-client.ts";

type Headers = ClientResponse["headers"];

/** The `Set-Cookie` lines of an answer. */
export function cookiesOf({ headers }: { readonly headers: Headers }): string[] {
  return [headers["set-cookie"] ?? []].flat();
}

/** The cookies that a browser would send back to the one server that it talks to. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes over what an answer sets. */
  keep(answer: { readonly headers: Headers }): void {
    for (const line of cookiesOf(answer)) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  /** The header of the next request; none while there are no cookies. */
  get headers(): { cookie?: string } {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}
