import { CODEC } from "./codec/codec.ts";
import type { ImplementationName } from "./implementations.ts";
import type { Answers, Question, Ready } from "./protocol.ts";
import type { Io } from "./server/application.ts";
import type { Subject } from "./subject.ts";

async function socketIo(): Promise<Io> {
  const { Server } = await import("socket.io");
  return new Server();
}

async function skein(): Promise<Io> {
  const { Server } = await import("@skein/server");
  // The two servers have the same API but different types.
  return new Server() as unknown as Io;
}

async function codec(name: keyof typeof CODEC): Promise<Subject> {
  const { codecSubject } = await import("./codec/codec-subject.ts");
  return codecSubject(await CODEC[name]());
}

/**
 * Loaders of the subjects: each process loads only what it measures, so that its memory is
 * attributable.
 */
const START: Record<ImplementationName, () => Promise<Subject>> = {
  "socket.io-ws": async () => (await import("./server/on-node.ts")).onNode(await socketIo()),
  "socket.io-uws": async () => (await import("./server/on-uws.ts")).onUws(await socketIo()),
  "raw-ws": async () => (await import("./server/raw-ws.ts")).rawWs(),
  "raw-uws": async () => (await import("./server/raw-uws.ts")).rawUws(),
  "visible-uws": async () => (await import("./server/visible-uws.ts")).visibleUws(),
  "skein-ws": async () => (await import("./server/on-node.ts")).onNode(await skein()),
  "skein-uws": async () => (await import("./server/on-uws.ts")).onUws(await skein()),
  "socket.io-parser": () => codec("socket.io-parser"),
  json: () => codec("json"),
  "skein-parser": () => codec("skein-parser"),
};

/**
 * Brings the young generation to its full size and empties it. Otherwise it would grow between two
 * measurements, and its growth would be attributed to connections.
 */
function settle(): void {
  let garbage: unknown[] = [];
  for (let index = 0; index < 1_000_000; index++) {
    if (index % 1000 === 0) garbage = [];
    garbage.push({ index, text: [index] });
  }
  for (let round = 0; round < 4; round++) globalThis.gc?.();
}

function answer(subject: Subject, question: Exclude<Question, { ask: "stop" }>): Answers[keyof Answers] {
  switch (question.ask) {
    case "usage":
      return process.cpuUsage();
    case "memory":
      settle();
      return { rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed };
    case "place":
      subject.place(question.perRoom);
      return true;
    case "code":
      return subject.code(question.task, question.milliseconds);
  }
}

function tell(message: Ready | Answers[keyof Answers]): void {
  process.send?.(message);
}

const subject = await START[process.argv[2] as ImplementationName]();
process.on("message", (message) => {
  const question = message as Question;
  if (question.ask === "stop") process.exit(0);
  tell(answer(subject, question));
});
process.on("disconnect", () => process.exit(0));
tell({ port: subject.port });
