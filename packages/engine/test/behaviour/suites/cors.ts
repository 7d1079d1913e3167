import { expect, suite } from "../suite.ts";

const origin = "https://a.example";
const other = "https://b.example";
const preflight = {
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-token" },
};

/** Conformance (engine-protocol, "Middlewares, CORS and cookies"). */
export const cors = suite("requests across origins", (behaves) => {
  behaves("get no header without the option", async (world) => {
    const { headers } = await world.request(world.target("transport=polling"), { headers: { origin } });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  behaves("a preflight without the option is a bad handshake", async (world) => {
    const { status, body } = await world.request(world.target("transport=polling"), preflight);
    expect([status, JSON.parse(body.toString())]).toEqual([
      400,
      { code: 2, message: "Bad handshake method" },
    ]);
  });

  behaves(
    "are allowed for the origin of the options",
    { cors: { origin, credentials: true } },
    async (world) => {
      const { client } = await world.polling();
      for (const parts of [{}, { method: "POST", body: client.payload("4a") }]) {
        const path = parts.method === undefined ? world.target("transport=polling") : client.target;
        const { status, headers } = await world.request(path, { ...parts, headers: { origin: other } });
        expect(status).toBe(200);
        expect(headers["access-control-allow-origin"]).toBe(origin);
        expect(headers["access-control-allow-credentials"]).toBe("true");
        expect(headers["vary"]).toBe("Origin");
      }
    },
  );

  behaves(
    "may have any origin of a list",
    { cors: { origin: [origin, /^https:\/\/c\./] } },
    async (world) => {
      const allowed = async (from: string): Promise<unknown> => {
        const { headers } = await world.request(world.target("transport=polling"), {
          headers: { origin: from },
        });
        return headers["access-control-allow-origin"];
      };
      expect(await allowed(origin)).toBe(origin);
      expect(await allowed("https://c.example")).toBe("https://c.example");
      expect(await allowed(other)).toBeUndefined();
    },
  );

  behaves("a preflight is answered", { cors: { origin: true, maxAge: 60 } }, async (world) => {
    const { status, headers, body } = await world.request(world.target("transport=polling"), preflight);
    expect([status, body.toString()]).toEqual([204, ""]);
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
      "access-control-allow-headers": "x-token",
      "access-control-max-age": "60",
      "content-length": "0",
    });
  });

  behaves("a preflight is answered for any session", { cors: { origin } }, async (world) => {
    const path = world.target("transport=polling&sid=unknown");
    expect((await world.request(path, preflight)).status).toBe(204);
  });

  behaves("errors can be read across origins", { cors: { origin } }, async (world) => {
    const { status, headers } = await world.request(world.target("transport=tobi"), { headers: { origin } });
    expect([status, headers["access-control-allow-origin"]]).toEqual([400, origin]);
  });

  behaves(
    "a WebSocket's handshake carries the headers and is not blocked",
    { cors: { origin } },
    async (world) => {
      const attempt = await world.attempt(world.target("transport=websocket"), { origin: other });
      if (attempt.kind !== "open") throw new Error(`the WebSocket was ${attempt.kind}`);
      expect(attempt.webSocket.headers["access-control-allow-origin"]).toBe(origin);
    },
  );

  behaves(
    "may be decided request by request",
    { cors: (_request, callback) => callback(null, { origin }) },
    async (world) => {
      const { headers } = await world.request(world.target("transport=polling"));
      expect(headers["access-control-allow-origin"]).toBe(origin);
    },
  );
});
