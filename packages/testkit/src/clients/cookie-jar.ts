import type { ClientResponse } from "./host-client.ts";

type Headers = ClientResponse["headers"];

/** The `Set-Cookie` lines of a response. */
export function cookiesOf({ headers }: { readonly headers: Headers }): string[] {
  return [headers["set-cookie"] ?? []].flat();
}

/** The cookies that a browser would send back to its only server. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Stores the cookies of a response. */
  keep(answer: { readonly headers: Headers }): void {
    for (const line of cookiesOf(answer)) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  /** The `cookie` header of the next request; absent without cookies. */
  get headers(): { cookie?: string } {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}
