import { stalledLoop } from "@skein/testkit";
import { afterEach } from "vitest";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

stalledLoop("node:http", { start: startEngine });
