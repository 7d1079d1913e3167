import { matrixOf } from "./combination.ts";

matrixOf("skein", "engine.io");
