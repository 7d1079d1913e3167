import type { Answer, ImplementationName, Question } from "../protocol.ts";
import type { Io } from "./socket-io.ts";
import type { Subject } from "./subject.ts";

async function socketIo(): Promise<Io> {
  const { Server } = await import("socket.io");
  return new Server();
}

async function skein(): Promise<Io> {
  const { Server } = await import("@skein/server");
  // The two servers have one API; their classes are two types.
  return new Server() as unknown as Io;
}

/** Each process loads what it measures and nothing else, so that memory is its own. */
const START: Record<ImplementationName, () => Promise<Subject>> = {
  "socket.io-ws": async () => (await import("./on-node.ts")).onNode(await socketIo()),
  "socket.io-uws": async () => (await import("./on-uws.ts")).onUws(await socketIo()),
  "raw-ws": async () => (await import("./raw-ws.ts")).rawWs(),
  "raw-uws": async () => (await import("./raw-uws.ts")).rawUws(),
  "skein-ws": async () => (await import("./on-node.ts")).onNode(await skein()),
  "skein-uws": async () => (await import("./on-uws.ts")).onUws(await skein()),
};

function tell(answer: Answer): void {
  process.send?.(answer);
}

function collect(): void {
  for (let round = 0; round < 4; round++) globalThis.gc?.();
}

function reply(subject: Subject, question: Question): void {
  switch (question.ask) {
    case "usage":
      tell({ usage: process.cpuUsage() });
      return;
    case "memory":
      collect();
      tell({ memory: { rss: process.memoryUsage.rss(), heap: process.memoryUsage().heapUsed } });
      return;
    case "broadcast":
      subject.broadcast(question.times, question.room, question.except);
      return;
    case "place":
      subject.place(question.perRoom);
      tell({ done: true });
      return;
    case "stop":
      subject.close();
  }
}

const subject = await START[process.argv[2] as ImplementationName]();
process.on("message", (question) => {
  reply(subject, question as Question);
});
process.on("disconnect", () => process.exit(0));
tell({ ready: subject.port });
