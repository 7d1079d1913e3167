import { base } from "../../vitest.config.base.ts";

// Most of what the behaviour suites do is wait: for clients, time-outs and heartbeats.
export default { ...base, test: { ...base.test, maxConcurrency: 10 } };
