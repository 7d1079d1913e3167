import { type ClientRequest, type ClientResponse, CookieJar, networkClient } from "@skein/testkit";
import { cleanUp } from "./support.ts";

/** What a visitor got for a request: of an upgrade that opened, the 101. */
export interface Answer {
  readonly status: number;
  readonly headers: ClientResponse["headers"];
  readonly body: string;
}

const PATH = "/engine.io/?EIO=4&transport=";

/** A browser, as far as middlewares can tell: it remembers cookies. */
export class Visitor {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new CookieJar();

  constructor(port: number, headers: Readonly<Record<string, string>> = {}) {
    this.#port = port;
    this.#headers = headers;
  }

  /** A request over long-polling; `query` follows the transport. */
  async poll(query = "", spec: Omit<ClientRequest, "path"> = {}): Promise<Answer> {
    const request = {
      ...spec,
      path: `${PATH}polling${query}`,
      headers: { ...this.#send(), ...spec.headers },
    };
    return this.#remember(await networkClient(this.#port).request(request).response);
  }

  /** A session over long-polling; resolves with its id. */
  async openPolling(): Promise<string> {
    const { body } = await this.poll();
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  }

  /**
   * Opens a WebSocket, for a new session or with `&sid=…` in the query; closes it when the test
   * ends.
   */
  async webSocket(query = ""): Promise<Answer & { close(): void }> {
    const attempt = await networkClient(this.#port).webSocket(`${PATH}websocket${query}`, this.#send());
    if (attempt.kind === "dropped") throw new Error("the upgrade got no answer");
    if (attempt.kind === "refused") return { ...this.#remember(attempt.response), close: () => {} };
    const { webSocket } = attempt;
    cleanUp(() => webSocket.terminate());
    const answer = this.#remember({ status: 101, headers: webSocket.headers, body: Buffer.alloc(0) });
    return { ...answer, close: () => webSocket.terminate() };
  }

  #send(): Record<string, string> {
    return { ...this.#headers, ...this.#cookies.headers };
  }

  #remember({ status, headers, body }: ClientResponse): Answer {
    const answer = { status, headers, body: body.toString() };
    this.#cookies.keep(answer);
    return answer;
  }
}

/** The three ways in which a client comes, each after what has to go before. */
export const WAYS: readonly (readonly [string, (visitor: Visitor) => Promise<Answer>])[] = [
  ["a long-polling handshake", (visitor) => visitor.poll()],
  ["a WebSocket handshake", (visitor) => visitor.webSocket()],
  ["an upgrade", async (visitor) => visitor.webSocket(`&sid=${await visitor.openPolling()}`)],
];
