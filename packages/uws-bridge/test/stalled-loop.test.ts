import { stalledLoop } from "@skein/testkit";
import { startEngine } from "./support.ts";

stalledLoop("µWebSockets.js", { start: startEngine });
