import { afterEach, beforeEach, describe } from "vitest";
import { bodySuite } from "./bodies.ts";
import { type HostHarness, HostUnderTest } from "./host-under-test.ts";
import { requestSuite } from "./requests.ts";
import { topicSuite } from "./topics.ts";
import { upgradeSuite } from "./upgrades.ts";
import { webSocketSuite } from "./websockets.ts";

/** Registers the conformance suite of hosts. Call it at the top level of a test file. */
export function hostConformance(name: string, harness: HostHarness): void {
  describe(`${name} as a host`, () => {
    const at = new HostUnderTest(harness);
    beforeEach(() => at.begin());
    afterEach(() => at.end());
    requestSuite(at);
    bodySuite(at);
    upgradeSuite(at);
    webSocketSuite(at);
    topicSuite(at);
  });
}
