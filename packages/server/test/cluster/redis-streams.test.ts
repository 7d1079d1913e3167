import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { hostNames, next, World } from "../support/world.ts";
import { RedisStreamsFabric, redisService } from "./support/redis.ts";
import { isThere } from "./support/service.ts";
import { clusterSuite } from "./support/suite.ts";

const there = await isThere(redisService);

describe.runIf(there)("Two nodes on a Redis stream", () => {
  clusterSuite(() => new RedisStreamsFabric(), ["skein", "skein"]);

  test.each(hostNames)(
    "on %s a client that loses its node is recovered on the other, with what it missed",
    async (host) => {
      const fabric = new RedisStreamsFabric();
      onTestFinished(() => fabric.close());
      const node = async (): Promise<World> => {
        const { adapter, leave } = await fabric.join();
        onTestFinished(leave);
        return World.start({ adapter, connectionStateRecovery: {} }, host);
      };
      const [here, away] = [await node(), await node()];
      const client = await here.client("/", { transports: ["websocket"] });
      const socket = here.socketOf(client);
      await socket.join("room");
      socket.data.name = "ada";
      const first = next(client, "first");
      here.io.emit("first");
      await first;
      const { id } = client;
      const gone = once(socket as unknown as NodeJS.EventEmitter, "disconnect");
      socket.conn.close();
      await gone;
      const bystander = await away.client();
      await away.socketOf(bystander).join("room");
      const seen = next(bystander, "missed");
      here.io.to("room").emit("missed", Buffer.from([1]));
      await seen;
      Reflect.set(client.io, "uri", away.url);
      const missed = next(client, "missed");
      const again = next(client, "connect");
      client.connect();
      await again;
      expect([client.id, client.recovered]).toEqual([id, true]);
      expect((await missed)[0]).toEqual(Buffer.from([1]));
      expect(away.socketOf(client).data).toEqual({ name: "ada" });
      expect(away.socketOf(client).rooms).toEqual(new Set([id, "room"]));
    },
  );
});

describe.runIf(there)("Two nodes on µWebSockets.js and a Redis stream", () => {
  clusterSuite(() => new RedisStreamsFabric(), ["skein on µWebSockets.js", "skein on µWebSockets.js"]);
});
