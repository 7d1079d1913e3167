import { describe, expect, it } from "vitest";
import { type AdmissibleSession, revisionOf, type Verdict, verify } from "./admission.ts";
import { readParameters } from "../http/query.ts";

const sessions = new Map<string, AdmissibleSession>([
  ["polled", { protocol: 4, transportName: "polling" }],
  ["legacy", { protocol: 3, transportName: "polling" }],
]);

function decide(
  query: string,
  request: { method?: string; origin?: string; upgrade?: boolean } = {},
): Verdict<AdmissibleSession> {
  const { method = "GET", origin, upgrade = false } = request;
  const admission = { method, origin, upgrade, parameters: readParameters(`/engine.io/?${query}`) };
  return verify(admission, ["polling", "websocket"], (sid) => sessions.get(sid));
}

describe("admission", () => {
  it("checks the transport before everything else", () => {
    const verdict = decide("transport=x&sid=none&EIO=3", { method: "POST", origin: "a\u0001" });
    expect(verdict).toMatchObject({ refusal: { code: "UNKNOWN_TRANSPORT", context: { transport: "x" } } });
  });

  it("checks the origin before the session", () => {
    const verdict = decide("transport=polling&sid=none", { origin: "a\u0001b" });
    expect(verdict).toMatchObject({
      refusal: { code: "BAD_REQUEST", context: { name: "INVALID_ORIGIN", origin: "a\u0001b" } },
    });
  });

  it.each(["http://a", "\u0080ÿ", "a\tb"])("takes the origin %j", (origin) => {
    expect(decide("transport=polling", { origin }).kind).toBe("handshake");
  });

  it.each(["\u007f", "\u0000", "a\nb", "Ā"])("refuses the origin %j", (origin) => {
    expect(decide("transport=polling", { origin }).kind).toBe("refused");
  });

  it("knows its sessions, whatever the method", () => {
    expect(decide("transport=polling&sid=polled&EIO=4", { method: "PUT" }).kind).toBe("known");
  });

  it("compares the transport before the revision", () => {
    expect(decide("transport=websocket&sid=legacy&EIO=4")).toMatchObject({
      refusal: {
        context: { name: "TRANSPORT_MISMATCH", transport: "websocket", previousTransport: "polling" },
      },
    });
    expect(decide("transport=polling&sid=legacy&EIO=4")).toMatchObject({
      refusal: { context: { name: "PROTOCOL_MISMATCH", protocol: 4, previousProtocol: 3 } },
    });
  });

  it("lets a known session ask for a WebSocket, and for nothing else", () => {
    expect(decide("transport=websocket&sid=polled&EIO=4", { upgrade: true }).kind).toBe("known");
    expect(decide("transport=polling&sid=polled&EIO=4", { upgrade: true }).kind).toBe("refused");
  });

  it("opens WebSocket sessions by upgrade requests only, and polling sessions by others only", () => {
    expect(decide("transport=websocket", { upgrade: true }).kind).toBe("handshake");
    expect(decide("transport=polling").kind).toBe("handshake");
    const refusal = { code: "BAD_REQUEST", context: { name: "TRANSPORT_HANDSHAKE_ERROR" } };
    expect(decide("transport=websocket")).toMatchObject({ refusal });
    expect(decide("transport=polling", { upgrade: true })).toMatchObject({ refusal });
  });

  it.each([
    ["EIO=4", 4],
    ["EIO=3", 3],
    ["", 3],
    ["EIO=5", 3],
    ["EIO=04", 3],
    ["EIO=4&EIO=3", 3],
  ])("reads the revision of %j as %s", (query, revision) => {
    expect(revisionOf(readParameters(`/?${query}`))).toBe(revision);
  });
});
