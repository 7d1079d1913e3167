import { type ClientRequest, type ClientResponse, CookieJar, networkClient } from "@skein/testkit";

type Headers = ClientResponse["headers"];

/** What a visitor got for a request: of an upgrade that opened, the 101. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const PATH = "/engine.io/?EIO=4&transport=";

/** A browser as middlewares see it: it stores cookies, and uses every transport of a client. */
export class Visitor {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new CookieJar();
  readonly #leave: (() => void)[] = [];

  constructor(port: number, headers: Readonly<Record<string, string>> = {}) {
    this.#port = port;
    this.#headers = headers;
  }

  /** Any request of the server, with the cookies so far. */
  async request(spec: ClientRequest): Promise<Answer> {
    const headers = { ...this.#send(), ...spec.headers };
    const {
      status,
      headers: got,
      body,
    } = await networkClient(this.#port).request({ ...spec, headers }).response;
    return this.#remember({ status, headers: got, body: body.toString() });
  }

  /** A long-polling handshake. */
  handshake(): Promise<Answer> {
    return this.request({ path: `${PATH}polling` });
  }

  /** A session over long-polling; resolves with its id. */
  async openPolling(): Promise<string> {
    const { body } = await this.handshake();
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  }

  poll(sid: string): Promise<Answer> {
    return this.request({ path: `${PATH}polling&sid=${sid}` });
  }

  push(sid: string, body: string): Promise<Answer> {
    return this.request({ method: "POST", path: `${PATH}polling&sid=${sid}`, body });
  }

  /** Asks for a WebSocket: one of its own, or to upgrade the session `sid`. */
  async webSocket(sid?: string): Promise<Answer> {
    const path = `${PATH}websocket${sid === undefined ? "" : `&sid=${sid}`}`;
    const attempt = await networkClient(this.#port).webSocket(path, this.#send());
    if (attempt.kind === "dropped") throw new Error("the upgrade got no answer");
    if (attempt.kind === "refused") {
      const { status, headers, body } = attempt.response;
      return this.#remember({ status, headers, body: body.toString() });
    }
    const { webSocket } = attempt;
    this.#leave.push(() => webSocket.terminate());
    return this.#remember({ status: 101, headers: webSocket.headers, body: "" });
  }

  /** Closes the WebSockets. */
  leave(): void {
    for (const leave of this.#leave.splice(0)) leave();
  }

  #send(): Record<string, string> {
    return { ...this.#headers, ...this.#cookies.headers };
  }

  #remember(answer: Answer): Answer {
    this.#cookies.keep(answer);
    return answer;
  }
}

/** The three ways in which a client asks for something, each after what has to go before. */
export const WAYS: readonly (readonly [string, (visitor: Visitor) => Promise<Answer>])[] = [
  ["a long-polling handshake", (visitor) => visitor.handshake()],
  ["a WebSocket handshake", (visitor) => visitor.webSocket()],
  ["an upgrade", async (visitor) => visitor.webSocket(await visitor.openPolling())],
];
