import { afterEach, beforeEach, describe } from "vitest";
import { bodySuite } from "./host-conformance/bodies.ts";
import { type HostHarness, HostUnderTest } from "./host-conformance/host-under-test.ts";
import { requestSuite } from "./host-conformance/requests.ts";
import { topicSuite } from "./host-conformance/topics.ts";
import { upgradeSuite } from "./host-conformance/upgrades.ts";
import { webSocketSuite } from "./host-conformance/websockets.ts";

/** Registers the suite that every host has to pass. Call it at the top of a test file. */
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
