import { throwingListeners } from "@skein/testkit";
import { afterEach } from "vitest";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

throwingListeners("node:http", { start: () => startEngine() });
