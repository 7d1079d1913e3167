import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { HostRequest } from "../host.ts";

/** A request of `node:http` as a `HostRequest`. */
export class NodeRequest implements HostRequest {
  readonly incoming: IncomingMessage;
  /** Copied, because a socket forgets its peer when it closes. */
  readonly remoteAddress: string | undefined;

  constructor(incoming: IncomingMessage) {
    this.incoming = incoming;
    this.remoteAddress = incoming.socket.remoteAddress;
  }

  get method(): string {
    return this.incoming.method ?? "";
  }

  get url(): string {
    return this.incoming.url ?? "";
  }

  get headers(): IncomingHttpHeaders {
    return this.incoming.headers;
  }

  get secure(): boolean {
    return "encrypted" in this.incoming.socket && this.incoming.socket.encrypted === true;
  }
}
