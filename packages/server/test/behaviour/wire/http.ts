import { type IncomingHttpHeaders, request } from "node:http";
import { inTime } from "../waiting.ts";

export interface HttpRequest {
  method?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  /** Ends the request early. */
  signal?: AbortSignal;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
}

/** One HTTP request on a connection of its own. */
export function http(url: string, { method = "GET", body, headers = {}, signal }: HttpRequest = {}) {
  const reply = new Promise<HttpReply>((resolve, reject) => {
    const options = { method, headers, agent: false, ...(signal === undefined ? {} : { signal }) };
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: bytes.toString(),
          bytes,
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
  return inTime(reply, `the reply to ${method} ${url}`);
}
