import { Server } from "@skein/engine";
import { behaviourOf } from "./behaviour.ts";

behaviourOf({
  name: "skein",
  createEngine: (options) => new Server(options),
  knownDifferences: {},
});
