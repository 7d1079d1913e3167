import helmet from "helmet";
import { afterEach, describe, expect, it } from "vitest";
import { startEngine, stopEngines } from "../running-engine.ts";
import { Visitor, WAYS } from "./visitor.ts";

afterEach(stopEngines);

/** What helmet sets by itself, as of today. */
const SECURITY = {
  "content-security-policy": expect.stringContaining("default-src 'self'"),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": expect.stringMatching(/^max-age=\d+; includeSubDomains$/),
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
};

describe("helmet", () => {
  it.each(WAYS)("sets its headers on the answer to %s", async (_title, go) => {
    const running = await startEngine({ prepare: (engine) => void engine.use(helmet()) });
    const visitor = new Visitor(running.port);
    const answer = await go(visitor);
    expect([101, 200]).toContain(answer.status);
    expect(answer.headers).toMatchObject(SECURITY);
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    visitor.leave();
  });

  it("sets them on polls, pushes, and refusals", async () => {
    const running = await startEngine({ prepare: (engine) => void engine.use(helmet()) });
    const visitor = new Visitor(running.port);
    const sid = await visitor.openPolling();
    expect(await visitor.push(sid, "4a")).toMatchObject({ status: 200, headers: SECURITY });
    (await running.clients.next()).connection.send("b");
    expect(await visitor.poll(sid)).toMatchObject({ status: 200, body: "4b", headers: SECURITY });
    expect(await visitor.poll("unknown")).toMatchObject({ status: 400, headers: SECURITY });
  });

  it("goes together with the cors option", async () => {
    const running = await startEngine({
      cors: { origin: "http://good", credentials: true },
      prepare: (engine) => void engine.use(helmet({ crossOriginResourcePolicy: { policy: "cross-origin" } })),
    });
    const visitor = new Visitor(running.port, { origin: "http://good" });
    const allowed = {
      "access-control-allow-origin": "http://good",
      "access-control-allow-credentials": "true",
      "cross-origin-resource-policy": "cross-origin",
    };
    expect((await visitor.handshake()).headers).toMatchObject(allowed);
    expect((await visitor.poll("unknown")).headers).toMatchObject(allowed);
    expect((await visitor.webSocket()).headers).toMatchObject(allowed);
    visitor.leave();
    const preflight = await visitor.request({
      method: "OPTIONS",
      path: "/engine.io/?EIO=4&transport=polling&sid=unknown",
      headers: { "access-control-request-method": "POST", "access-control-request-headers": "x-mine" },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-headers": "x-mine", "content-length": "0" },
      body: "",
    });
  });
});
