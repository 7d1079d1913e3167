import { SAMPLES, type Task } from "../codec/task.ts";
import { CODECS } from "../implementations.ts";
import type { Scenario } from "./scenario.ts";

/** Share of the usual slices: without a network only the codec adds noise, so a third is enough. */
const SHARE = 1 / 3;

function alone(task: Task): Scenario {
  return {
    kind: "side by side",
    name: `${task.direction} ${task.sample} alone`,
    unit: "packet",
    aims: [{ implementation: "skein-parser", against: "reference", atMost: 0.6 }],
    implementations: CODECS,
    connections: 0,
    prepare: (subject) =>
      Promise.resolve({ work: (milliseconds) => subject.code(task, milliseconds * SHARE), end() {} }),
  };
}

/** Encoding and decoding without a server. */
export const CODEC_TASKS: readonly Scenario[] = (["encode", "decode"] as const).flatMap((direction) =>
  SAMPLES.map((sample) => alone({ direction, sample })),
);
