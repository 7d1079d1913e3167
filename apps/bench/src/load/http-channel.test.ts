import { createServer } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { HttpChannel } from "./http-channel.ts";

async function answering(status: number): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "Content-Length": 2 }).end("ok");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(port: number): Promise<string> {
  const channel = await HttpChannel.open(port);
  onTestFinished(() => {
    channel.destroy();
  });
  return channel.request(channel.get("/"));
}

it("gives the body of an answer", async () => {
  expect(await ask(await answering(200))).toBe("ok");
});

it("fails when a request is refused, which is not the work that is measured", async () => {
  await expect(ask(await answering(400))).rejects.toThrow("400");
});

it("fails a request on a connection that the server has closed", async () => {
  const server = createNetServer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const channel = await HttpChannel.open((server.address() as AddressInfo).port);
  expect(await channel.request(channel.get("/"))).toBe("ok");
  await channel.ended;
  await expect(channel.request(channel.get("/"))).rejects.toThrow("the server closed a connection");
});
