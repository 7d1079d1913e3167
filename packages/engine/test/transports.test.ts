import {
  codecFor,
  type OutgoingPacket,
  PollingTransport,
  type ReceivedPacket,
  WebSocketTransport,
} from "@skein/engine";
import { FakeClock, MemoryExchange, MemoryWebSocket, transportConformance } from "@skein/testkit";

for (const revision of [4, 3] as const) {
  const codec = codecFor(revision);

  transportConformance(`polling in revision ${revision}`, {
    create(listener) {
      const settings = {
        maxHttpBufferSize: 1000,
        maxPacketsPerPayload: 100,
        bodyTimeout: 1000,
        clock: new FakeClock(),
        httpCompression: false,
        onHeaders: () => {},
        onTooLarge: () => {},
      };
      const transport = new PollingTransport(codec, settings, true, {});
      transport.attach(listener);
      let poll: MemoryExchange | undefined;
      const push = (body: string): void =>
        transport.onRequest(new MemoryExchange({ method: "POST", path: "/", body }));
      return {
        transport,
        start: () => {},
        peer: {
          ready: () => {
            poll = new MemoryExchange({ path: "/" });
            transport.onRequest(poll);
          },
          receive: async (): Promise<readonly ReceivedPacket[]> => {
            const response = await poll?.response;
            return [...codec.payloads.decodeText(String(response?.body))];
          },
          send: (...packets) => push(codec.payloads.encode(packets, true) as string),
          sendNonsense: () => push("?"),
          leave: () => poll?.abort(),
        },
      };
    },
  });

  transportConformance(`a WebSocket in revision ${revision}`, {
    create(listener) {
      const webSocket = new MemoryWebSocket(1000, {});
      const transport = new WebSocketTransport(codec, webSocket, false);
      transport.attach(listener);
      webSocket.attach(transport);
      const { client } = webSocket;
      const decode = (data: string | Buffer): ReceivedPacket =>
        typeof data === "string" ? codec.packets.decodeText(data) : codec.packets.decodeBinary(data);
      const encode = (packet: OutgoingPacket) =>
        codec.packets.encodeForWebSocket(packet, false) as string | Uint8Array;
      return {
        transport,
        start: () => transport.start(),
        peer: {
          ready: () => {},
          receive: async (count) => (await client.messages.take(count)).map(decode),
          send: (...packets) => packets.forEach((packet) => client.send(encode(packet))),
          sendNonsense: () => client.send("?"),
          leave: () => client.terminate(),
          closed: client.closed,
        },
      };
    },
  });
}
