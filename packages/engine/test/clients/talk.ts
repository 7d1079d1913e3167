/** The surface that both generations of the official client share, in Node and in a browser. */
export interface ClientSocket {
  readonly transport: { readonly name: string };
  binaryType: string | null;
  send(data: string | Uint8Array | ArrayBufferLike): unknown;
  close(): unknown;
  once(event: string, listener: (argument: unknown) => void): unknown;
}

export type Connect = (url: string, options: object) => ClientSocket;

/** What a client is to do. */
export interface Errand {
  readonly url: string;
  readonly options: { readonly transports: readonly string[]; readonly [option: string]: unknown };
  /** Sizes of the messages to exchange, in bytes; those before an upgrade and those in the end. */
  readonly first: readonly number[];
  readonly sizes: readonly number[];
  /** Send bytes as an `ArrayBuffer` and not as a view of one. */
  readonly buffers?: boolean;
  /** Wait until the connection was cut, and connect anew before `sizes`. */
  readonly untilCut?: boolean;
}

/** What came of it: nothing in `failures` is good news. */
export interface Report {
  readonly transports: readonly string[];
  readonly failures: readonly string[];
  readonly closed?: string;
}

/**
 * Runs an errand against a server that echoes. It is one self-contained function, because its
 * source text also runs in pages.
 */
export async function talk(connect: Connect, errand: Errand): Promise<Report> {
  const transports: string[] = [];
  const failures: string[] = [];

  const happens = (socket: ClientSocket, event: string) =>
    new Promise<unknown>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once("close", (reason) =>
        reject(new Error(`closed while waiting for ${event}: ${String(reason)}`)),
      );
    });

  const open = async (): Promise<ClientSocket> => {
    const socket = connect(errand.url, errand.options);
    socket.binaryType = "arraybuffer";
    await happens(socket, "open");
    transports.push(socket.transport.name);
    return socket;
  };

  const bytesOf = (data: unknown): Uint8Array | undefined => {
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    return ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : undefined;
  };

  const isSame = (sent: string | Uint8Array, got: unknown): boolean => {
    // The clients decode an empty text as no data at all.
    if (typeof sent === "string") return sent === (got ?? "");
    const bytes = bytesOf(got);
    if (bytes?.byteLength !== sent.byteLength) return false;
    for (let index = 0; index < sent.length; index += 1) if (sent[index] !== bytes[index]) return false;
    return true;
  };

  const bytesOfSize = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size);
    for (let index = 0; index < size; index += 1) bytes[index] = index * 31;
    return bytes;
  };

  const exchange = async (socket: ClientSocket, data: string | Uint8Array): Promise<void> => {
    const answer = happens(socket, "message");
    socket.send(errand.buffers === true && typeof data !== "string" ? data.buffer : data);
    const got = await answer;
    if (isSame(data, got)) return;
    failures.push(
      `${typeof data} of ${data.length} bytes came back as ${Object.prototype.toString.call(got)}`,
    );
  };

  const exchangeAll = async (socket: ClientSocket, sizes: readonly number[]): Promise<void> => {
    for (const size of sizes) {
      await exchange(socket, "0123456789".repeat(Math.ceil(size / 10)).slice(0, size));
      await exchange(socket, bytesOfSize(size));
    }
    await exchange(socket, "€ 🙂 \u2028 \u0000 é");
  };

  let socket = await open();
  const upgraded = errand.options.transports.length > 1 ? happens(socket, "upgrade") : undefined;
  await exchangeAll(socket, errand.first);
  await upgraded;
  if (upgraded !== undefined) transports.push(socket.transport.name);
  let closed: string | undefined;
  if (errand.untilCut === true) {
    const cut = new Promise<unknown>((resolve) => void socket.once("close", resolve));
    await exchangeAll(socket, []);
    socket.send("cut");
    closed = String(await cut);
    socket = await open();
  }
  await exchangeAll(socket, errand.sizes);
  socket.close();
  return closed === undefined ? { transports, failures } : { transports, failures, closed };
}
