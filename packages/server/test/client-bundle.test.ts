import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { request, type IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { World } from "./support/world.ts";

const file = readFileSync(createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js"));

async function get(url: string, headers: Record<string, string> = {}, method = "GET") {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers, method, agent: false }, resolve).on("error", reject).end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

test("the client file is the official client's, as it is and compressed, also when asked for again", async () => {
  const { url } = await World.start();
  for (let round = 0; round < 2; round++) {
    const plain = await get(`${url}/socket.io/socket.io.js`);
    expect(plain.body.equals(file)).toBe(true);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const gzip = await get(`${url}/socket.io/socket.io.js`, { "accept-encoding": "gzip, deflate, br" });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body).equals(file)).toBe(true);
    const br = await get(`${url}/socket.io/socket.io.js`, { "accept-encoding": "br" });
    expect(br.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(br.body).equals(file)).toBe(true);
  }
});

test("a client that has the file is told so", async () => {
  const { url } = await World.start();
  const { etag = "" } = (await get(`${url}/socket.io/socket.io.min.js`)).headers;
  expect(etag).toMatch(/^"\d+\.\d+\.\d+"$/);
  for (const known of [etag, `W/${etag}`]) {
    const answer = await get(`${url}/socket.io/socket.io.min.js?t=1`, { "if-none-match": known });
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
  }
});

test("no path leads to another file", async () => {
  const { url } = await World.start();
  for (const name of ["..%2fpackage.json", "package.json", "constructor", "socket.io.js%00"]) {
    expect((await get(`${url}/socket.io/${name}`)).status).toBe(400);
  }
});

test("the origins that may connect may load the file", async () => {
  const { url } = await World.start({ cors: { origin: "http://good" } });
  const answer = await get(`${url}/socket.io/socket.io.js`, { origin: "http://good" });
  expect(answer.headers["access-control-allow-origin"]).toBe("http://good");
  const preflight = await get(`${url}/socket.io/socket.io.js`, { origin: "http://good" }, "OPTIONS");
  expect(preflight.status).toBe(204);
});
