import type { ReceivedPacket } from "@skein/engine";
import { EngineError } from "@skein/engine";
import { MemoryTransport, transportConformance } from "../src/index.ts";

transportConformance("memory", {
  create(listener) {
    const transport = new MemoryTransport();
    transport.attach(listener);
    let read = 0;
    return {
      transport,
      start: () => {},
      peer: {
        ready: () => transport.grant(),
        receive: (count) => {
          const packets = transport.sent.flat().slice(read, read + count);
          read += count;
          return Promise.resolve(packets as ReceivedPacket[]);
        },
        send: (...packets) => {
          for (const packet of packets) transport.receive(packet as ReceivedPacket);
        },
        sendNonsense: () => transport.fail(new EngineError("PARSE_ERROR")),
        leave: () => transport.lose(),
      },
    };
  },
});
