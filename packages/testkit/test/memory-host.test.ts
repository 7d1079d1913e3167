import { hostConformance, MemoryHost } from "../src/index.ts";

hostConformance("memory", {
  create() {
    const host = new MemoryHost();
    return { host, client: host.client, stop: () => Promise.resolve() };
  },
});
