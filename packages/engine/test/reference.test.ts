import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exchangeText, type RawResponse } from "@skein/testkit";
import { Server } from "@skein/engine";
import { Server as ReferenceServer } from "engine.io";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What is compared: the random id and the date are masked. */
interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

const HANDSHAKE = "/engine.io/?EIO=4&transport=polling";
const COMPARED = new Set([
  "content-type",
  "cache-control",
  "set-cookie",
  "vary",
  "access-control-allow-origin",
]);

function masked(text: string): string {
  return text.replaceAll(/[\w-]{20}(?=[";])/g, "SID");
}

function answerOf({ status, headers, body }: RawResponse): Answer {
  const lines = headers
    .filter(([name]) => COMPARED.has(name.toLowerCase()))
    .map(([name, value]) => masked(`${name}: ${value}`));
  // The reference sends refusals in chunks.
  const isChunked = headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
  const content = isChunked ? (body.split("\r\n")[1] ?? "") : body;
  return { status, headers: lines, body: masked(content) };
}

async function listening(attach: (http: HttpServer) => void): Promise<HttpServer> {
  const http = createServer((_request, response) => void response.writeHead(404).end());
  attach(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return http;
}

describe("the same requests to this engine and to the reference", () => {
  const options = { cookie: true, cors: { origin: "http://good" } };
  let servers: readonly HttpServer[] = [];

  beforeAll(async () => {
    servers = await Promise.all([
      listening((http) => new Server(options).attach(http)),
      listening((http) => new ReferenceServer(options as object).attach(http)),
    ]);
  });

  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function compare(run: (port: number) => Promise<RawResponse>): Promise<void> {
    const [ours, theirs] = await Promise.all(
      servers.map(async (server) => answerOf(await run((server.address() as AddressInfo).port))),
    );
    expect(theirs?.status).toBeGreaterThanOrEqual(200);
    expect(ours).toEqual(theirs);
  }

  it.each([
    [`GET ${HANDSHAKE}`],
    [`GET ${HANDSHAKE}&b64=1`],
    [`GET ${HANDSHAKE}&sid=`],
    ["GET /engine.io/any/where?EIO=4&transport=polling"],
    ["GET /engine.io?EIO=4&transport=polling"],
    ["GET /engine.io/"],
    ["GET /engine.io/?EIO=4&transport=polling&transport=x"],
    ["GET /engine.io/?EIO=4&transport=__proto__"],
    ["GET /engine.io/?EIO=4&transport=webtransport"],
    ["GET /engine.io/?EIO=4&transport=websocket"],
    ["GET /engine.io/?EIO=3&transport=polling"],
    ["GET /engine.io/?transport=polling"],
    [`GET ${HANDSHAKE}&sid=unknown`],
    [`GET ${HANDSHAKE}&sid=constructor`],
    [`POST ${HANDSHAKE}`],
    [`PUT ${HANDSHAKE}`],
    [`OPTIONS ${HANDSHAKE}`],
    [`DELETE ${HANDSHAKE}&sid=unknown`],
  ])("%s gets the same answer", async (requestLine) => {
    await compare((port) => exchangeText(port, [`${requestLine} HTTP/1.1`, "Origin: http://good"]));
  });

  it.each([
    ["POST", "4hello", {}],
    ["POST", "2", {}],
    ["POST", "", {}],
    ["POST", "x", {}],
    ["POST", "1", {}],
    ["POST", "4hello", { "Content-Type": "application/octet-stream" }],
    ["POST", "4hello", { "Content-Type": "text/plain" }],
    ["POST", `4${"x".repeat(1_000_000)}`, {}],
    ["PUT", "4hello", {}],
  ])("%s of %.10j with %j to a session gets the same answer", async (method, body, headers) => {
    await compare(async (port) => {
      const { body: open } = await exchangeText(port, [`GET ${HANDSHAKE} HTTP/1.1`]);
      const { sid } = JSON.parse(open.slice(1)) as { sid: string };
      const fields = Object.entries({ ...headers, "Content-Length": Buffer.byteLength(body) });
      const lines = fields.map(([name, value]) => `${name}: ${value}`);
      return exchangeText(port, [`${method} ${HANDSHAKE}&sid=${sid} HTTP/1.1`, ...lines], body);
    });
  });
});
