import { setTimeout } from "node:timers/promises";
import { clientFrame } from "../load/frames.ts";
import { SERVERS } from "../implementations.ts";
import { type LoadSocket, openMany } from "../load/load-socket.ts";
import { type Aim, type Pace, ratios, type Scenario, type Workload } from "./scenario.ts";
import { failOnClose } from "./unbroken.ts";

const CONNECTIONS = 50;
const TEXT = "abcdefghijklmnopqrstuvwxyz012345";

interface Requests {
  /** The frames of one request, one for each message. */
  readonly request: readonly Buffer[];
  readonly inFlight: number;
  /** Number of messages of one response. */
  readonly answerMessages: number;
}

/** Keeps requests in flight on one socket until it is stopped. */
class Pump {
  readonly #socket: LoadSocket;
  readonly #load: Requests;
  readonly #pace: Pace;
  readonly #requests: Buffer;
  readonly #requestBytes: number;
  #underWay = 0;
  /** Number of received messages of an incomplete response. */
  #messages = 0;
  #answers = 0;
  #drained: (() => void) | undefined;

  constructor(socket: LoadSocket, load: Requests, pace: Pace) {
    this.#socket = socket;
    this.#load = load;
    this.#pace = pace;
    const request = Buffer.concat(load.request);
    this.#requestBytes = request.length;
    this.#requests = Buffer.concat(Array.from({ length: load.inFlight }, () => request));
    socket.onMessages = (count) => {
      this.#receive(count);
    };
  }

  start(): void {
    this.#drained = undefined;
    this.#answers = 0;
    this.#send(this.#load.inFlight);
  }

  /** Returns the number of responses since the start once the last one was received. */
  async stop(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    return this.#answers;
  }

  #send(count: number): void {
    this.#underWay += count;
    if (this.#pace === "batched") {
      this.#socket.send(this.#requests.subarray(0, count * this.#requestBytes));
      return;
    }
    for (let sent = 0; sent < count; sent++) for (const frame of this.#load.request) this.#socket.send(frame);
  }

  #receive(count: number): void {
    this.#messages += count;
    const answers = Math.floor(this.#messages / this.#load.answerMessages);
    if (answers === 0) return;
    this.#messages -= answers * this.#load.answerMessages;
    this.#answers += answers;
    this.#underWay -= answers;
    if (this.#drained === undefined) this.#send(answers);
    else if (this.#underWay === 0) this.#drained();
  }
}

async function pumping(port: number, load: Requests, pace: Pace): Promise<Workload> {
  const sockets = await openMany(port, CONNECTIONS);
  const pumps = sockets.map((socket) => new Pump(socket, load, pace));
  return failOnClose(sockets, {
    async work(milliseconds) {
      for (const pump of pumps) pump.start();
      await setTimeout(milliseconds);
      const answers = await Promise.all(pumps.map((pump) => pump.stop()));
      return answers.reduce((sum, count) => sum + count, 0);
    },
    end() {
      for (const socket of sockets) socket.destroy();
    },
  });
}

function requests(name: string, aims: readonly Aim[], load: Requests): Scenario {
  return {
    kind: "side by side",
    name,
    unit: "event",
    aims,
    aimedPace: "batched",
    implementations: SERVERS,
    connections: CONNECTIONS,
    prepare: ({ port }, pace) => pumping(port, load, pace),
  };
}

const event = [clientFrame(`42["e","${TEXT}"]`)];
const eventWithAck = [clientFrame(`4217["a","${TEXT}"]`)];
const binary = [clientFrame('451-["e",{"_placeholder":true,"num":0}]'), clientFrame(Buffer.alloc(1024, 7))];

const CLOSE_TO_RAW: readonly Aim[] = [
  { implementation: "skein-ws", against: "floor", atMost: 1 },
  { implementation: "skein-uws", against: "floor", atMost: 1.3 },
];

/** Small requests and their responses. */
export const REQUESTS: readonly Scenario[] = [
  requests("echo with 10 in flight", [...ratios(0.48, 0.8), ...CLOSE_TO_RAW], {
    request: event,
    inFlight: 10,
    answerMessages: 1,
  }),
  requests("echo with 1 in flight", ratios(0.8, 0.88), { request: event, inFlight: 1, answerMessages: 1 }),
  requests("ack with 10 in flight", ratios(0.48, 0.8), {
    request: eventWithAck,
    inFlight: 10,
    answerMessages: 1,
  }),
  requests("1 KiB binary echo", ratios(0.4, 0.5), { request: binary, inFlight: 10, answerMessages: 2 }),
];
