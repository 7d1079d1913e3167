import { clientFrame } from "../load/frames.ts";
import { type LoadSocket, openMany } from "../load/load-socket.ts";
import { cpu, everywhere, type Figure, notRaw, type Scale, type Scenario } from "./scenario.ts";
import type { ServerHandle } from "../server-handle.ts";

const CONNECTIONS = 50;
const TEXT = "abcdefghijklmnopqrstuvwxyz012345";

/** Keeps `inFlight` requests under way on each socket until `perSocket` answers came. `answerFrames` messages are one answer. */
async function pump(
  socket: LoadSocket,
  request: Buffer,
  load: { inFlight: number; perSocket: number; answerFrames: number },
): Promise<void> {
  await new Promise<void>((resolve) => {
    let frames = 0;
    let sent = Math.min(load.inFlight, load.perSocket);
    socket.onFrame = () => {
      frames++;
      if (frames % load.answerFrames !== 0) return;
      if (frames === load.perSocket * load.answerFrames) resolve();
      else if (sent < load.perSocket) {
        sent++;
        socket.send(request);
      }
    };
    socket.send(Buffer.concat(Array.from({ length: sent }, () => request)));
  });
}

function requests(options: {
  name: string;
  unit: string;
  request: Buffer;
  inFlight: number;
  perSocket: number;
  answerFrames?: number;
  applies?: Scenario["applies"];
}): Scenario {
  return {
    name: options.name,
    unit: options.unit,
    applies: options.applies ?? everywhere,
    async run(server: ServerHandle, scale: Scale): Promise<Figure> {
      const sockets = await openMany(server.port, CONNECTIONS);
      const load = { inFlight: options.inFlight, answerFrames: options.answerFrames ?? 1 };
      const all = async (perSocket: number) => {
        await Promise.all(sockets.map((socket) => pump(socket, options.request, { ...load, perSocket })));
      };
      await all(Math.ceil(options.perSocket / 4));
      const perSocket = options.perSocket * scale.messages;
      const figure = await cpu(server, perSocket * CONNECTIONS, () => all(perSocket));
      for (const socket of sockets) socket.destroy();
      return figure;
    },
  };
}

const event = clientFrame(`42["e","${TEXT}"]`);
const binary = Buffer.concat([
  clientFrame('451-["e",{"_placeholder":true,"num":0}]'),
  clientFrame(Buffer.alloc(1024, 7)),
]);

export const REQUESTS: readonly Scenario[] = [
  requests({ name: "echo, 10 in flight", unit: "event", request: event, inFlight: 10, perSocket: 1000 }),
  requests({ name: "echo, 1 in flight", unit: "event", request: event, inFlight: 1, perSocket: 300 }),
  requests({
    name: "ack, 10 in flight",
    unit: "event",
    request: clientFrame(`4217["a","${TEXT}"]`),
    inFlight: 10,
    perSocket: 1000,
  }),
  requests({
    name: "1 KiB binary echo",
    unit: "event",
    request: binary,
    inFlight: 10,
    perSocket: 400,
    answerFrames: 2,
  }),
  requests({
    name: "join and leave 10 rooms",
    unit: "request",
    request: clientFrame('421["rooms",10]'),
    inFlight: 10,
    perSocket: 200,
    applies: notRaw,
  }),
];
