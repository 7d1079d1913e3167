import { throwingListeners } from "@skein/testkit";
import { startEngine } from "./support.ts";

throwingListeners("µWebSockets.js", { start: () => startEngine() });
