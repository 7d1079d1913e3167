import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { failOnClose } from "../scenarios/unbroken.ts";
import { LoadSocket } from "./load-socket.ts";

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
const TWO_MESSAGES = Buffer.from([0x81, 1, 0x30, 0x81, 1, 0x34]);

/** A server that responds to an upgrade request with `head` and then calls `onFrames`. */
async function answering(head: string, onFrames: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(head);
      socket.on("data", () => onFrames(socket));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** An open socket, and the server's end of it. */
async function opened(): Promise<{ load: LoadSocket; peer: Socket }> {
  let peer: Socket | undefined;
  const port = await answering(SWITCHING, (socket) => {
    if (peer !== undefined) return;
    peer = socket;
    socket.write(TWO_MESSAGES);
  });
  const load = await LoadSocket.open(port);
  onTestFinished(() => load.destroy());
  if (peer === undefined) throw new Error("nobody came");
  return { load, peer };
}

function neverDone(): Promise<number> {
  return new Promise(() => {});
}

describe("a socket of the load", () => {
  it("fails to open when the server refuses the upgrade, and tells its answer", async () => {
    const port = await answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", () => {});
    await expect(LoadSocket.open(port)).rejects.toThrow("HTTP/1.1 400 Bad Request");
  });

  it("fails to open when the server closes it before", async () => {
    const port = await answering(SWITCHING, (socket) => socket.destroy());
    await expect(LoadSocket.open(port)).rejects.toThrow("before it was open");
  });

  it("fails the work that is under way when the server closes it", async () => {
    const { load, peer } = await opened();
    const workload = failOnClose([load], { work: neverDone, end: () => {} });
    const work = workload.work(1000);
    peer.destroy();
    await expect(work).rejects.toThrow("the server closed a connection under load");
    await expect(workload.work(1000)).rejects.toThrow("the server closed a connection under load");
  });

  it("fails the work that begins after the server has closed it", async () => {
    const { load, peer } = await opened();
    peer.destroy();
    await load.ended;
    const workload = failOnClose([load], { work: neverDone, end: () => {} });
    await expect(workload.work(1000)).rejects.toThrow("the server closed a connection under load");
  });

  it("can't be closed in an orderly way when the server has closed it before", async () => {
    const { load, peer } = await opened();
    peer.destroy();
    await load.ended;
    await expect(load.close()).rejects.toThrow("the server closed a connection under load");
  });

  it("fails no work when it is closed or destroyed by the load itself", async () => {
    const { load, peer } = await opened();
    const workload = failOnClose([load], { work: () => Promise.resolve(1), end: () => {} });
    peer.on("data", (chunk: Buffer) => chunk.length > 0 && peer.end());
    await load.close();
    expect(await workload.work(1000)).toBe(1);
  });
});
