import type { BodyOutcome, HostResponse, HttpExchange } from "@skein/engine";
import { BodyCollector } from "./body-collector.ts";
import { Exchange } from "./exchange.ts";
import type { LiveResponse } from "./live-response.ts";
import { announcedLength, announcesBody } from "./request-headers.ts";
import type { RequestSnapshot } from "./request-snapshot.ts";
import { nextTick } from "../timers.ts";

/** One HTTP request on µWebSockets.js. Must be created before the route's handler returns. */
export class UwsHttpExchange extends Exchange implements HttpExchange {
  readonly #body: BodyCollector | undefined;
  #onAborted: (() => void) | undefined;

  /** `maxBody`: maximum bytes of a body that are buffered before `readBody` sets its own limit. */
  constructor(request: RequestSnapshot, response: LiveResponse, maxBody: number) {
    super(request, response);
    if (!announcesBody(request.headers)) return;
    const body = new BodyCollector(maxBody, announcedLength(request.headers));
    response.onData((chunk, isLast) => body.push(chunk, isLast));
    this.#body = body;
  }

  onAborted(listener: () => void): void {
    this.#onAborted = listener;
  }

  readBody(limit: number, done: (outcome: BodyOutcome) => void): void {
    const { aborted } = this.response;
    if (this.#body) this.#body.read(limit, done);
    else nextTick(done, aborted ? { kind: "aborted" } : { kind: "complete", bytes: new Uint8Array(0) });
  }

  respond(response: HostResponse): void {
    this.send(response);
  }

  protected override get closesConnection(): boolean {
    return false;
  }

  protected override aborted(): void {
    super.aborted();
    this.#onAborted?.();
  }

  protected override finished(aborted: boolean): void {
    this.#body?.abort();
    super.finished(aborted);
  }
}
