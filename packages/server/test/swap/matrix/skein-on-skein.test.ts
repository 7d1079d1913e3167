import { matrixOf } from "./combination.ts";

matrixOf("skein", "skein");
