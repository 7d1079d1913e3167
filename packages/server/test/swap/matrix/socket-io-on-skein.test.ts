import { matrixOf } from "./combination.ts";

matrixOf("socket.io", "skein");
