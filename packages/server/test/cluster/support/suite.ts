import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cluster, type ClusterNode, type NodeKind, type Peer } from "./cluster.ts";
import type { Fabric } from "./fabric.ts";

/** The node that acts, and one that is acted upon from afar. */
function two([first, second]: readonly ClusterNode[]): [ClusterNode, ClusterNode] {
  if (first === undefined || second === undefined) throw new Error("a cluster has two nodes at least");
  return [first, second];
}

function pairOf([near, far]: readonly Peer[]): [Peer, Peer] {
  if (near === undefined || far === undefined) throw new Error("there is a peer on every node");
  return [near, far];
}

function inOrder(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => String(a).localeCompare(String(b)));
}

/** Resolves when everybody has what was sent before: one more event to all has arrived. */
async function everybodyIsUpToDate(node: ClusterNode, peers: readonly Peer[]): Promise<void> {
  node.io.emit("up to date");
  await Promise.all(peers.map((peer) => peer.hears("up to date")));
}

const idsOf = (sockets: readonly { id: string }[]) => inOrder(sockets.map(({ id }) => id));

/** What a cluster does, whatever connects its nodes. The first of `kinds` is the node that acts. */
export function clusterSuite(makeFabric: () => Fabric, kinds: readonly NodeKind[]): void {
  const ours = kinds.find((kind) => kind !== "socket.io") ?? "skein";
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = new Cluster(makeFabric());
    for (const kind of kinds) await cluster.add(kind);
  });

  afterAll(() => cluster.close());

  describe("broadcasts", () => {
    test("reach the clients of every node, once", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      near.io.emit("hi", 1, { two: [3] });
      const heard = await Promise.all(peers.map((peer) => peer.hears("hi")));
      expect(heard).toEqual(peers.map(() => [1, { two: [3] }]));
      await everybodyIsUpToDate(near, peers);
      expect(peers.map((peer) => peer.heard("hi"))).toEqual(peers.map(() => 1));
    });

    test("carry bytes", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      const bytes = Buffer.from([0, 1, 128, 255]);
      near.io.emit("bytes", { deep: [bytes] });
      for (const heard of await Promise.all(peers.map((peer) => peer.hears("bytes")))) {
        const [{ deep }] = heard as [{ deep: [Uint8Array] }];
        expect(Buffer.from(deep[0])).toEqual(bytes);
      }
    });

    test("carry long texts", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      const long = "ü".repeat(20_000);
      near.io.emit("long", long);
      for (const peer of peers) expect(await peer.hears("long")).toEqual([long]);
    });

    test("to rooms reach their members on every node, each once, and nobody else", async () => {
      const [near, far] = two(cluster.nodes);
      const peers = await cluster.peers();
      const outsider = await far.peer();
      await cluster.join("left", ...peers);
      await cluster.join("right", ...peers);
      near.io.to("left").emit("one room");
      near.io.to(["left", "right"]).emit("two rooms");
      for (const peer of peers) await Promise.all([peer.hears("one room"), peer.hears("two rooms")]);
      await everybodyIsUpToDate(near, [...peers, outsider]);
      expect(peers.map((peer) => peer.heard("two rooms"))).toEqual(peers.map(() => 1));
      expect([outsider.heard("one room"), outsider.heard("two rooms")]).toEqual([0, 0]);
    });

    test("leave out the members of rooms, on every node", async () => {
      const [near] = two(cluster.nodes);
      const [one, other] = [await cluster.peers(), await cluster.peers()];
      await cluster.join("spared", ...other);
      near.io.except("spared").emit("not for all");
      await Promise.all(one.map((peer) => peer.hears("not for all")));
      await everybodyIsUpToDate(near, other);
      expect(other.map((peer) => peer.heard("not for all"))).toEqual(other.map(() => 0));
    });

    test("of a socket reach everybody but itself", async () => {
      const [near] = two(cluster.nodes);
      const [sender, ...others] = await cluster.peers();
      sender?.socket.broadcast.emit("from one");
      await Promise.all(others.map((peer) => peer.hears("from one")));
      await everybodyIsUpToDate(near, others);
      await sender?.hears("up to date");
      expect(sender?.heard("from one")).toBe(0);
    });

    test("reach one far socket by its id", async () => {
      const [near] = two(cluster.nodes);
      const [close, far] = pairOf(await cluster.peers());
      await cluster.settled(far.id);
      near.io.to(far.id).emit("you");
      await far.hears("you");
      await everybodyIsUpToDate(near, [close]);
      expect(close.heard("you")).toBe(0);
    });

    test("in one namespace are not heard in another", async () => {
      const [near, far] = two(cluster.nodes);
      const peers = await cluster.peers();
      for (const { io } of cluster.nodes) io.of("/apart");
      const apart = await far.peer("/apart");
      far.io.of("/apart").emit("apart");
      await apart.hears("apart");
      await everybodyIsUpToDate(near, peers);
      expect(peers.map((peer) => peer.heard("apart"))).toEqual(peers.map(() => 0));
    });

    test("don't reach who has left a room, or is gone", async () => {
      const [near] = two(cluster.nodes);
      const [close, far] = pairOf(await cluster.peers());
      const gone = await near.peer();
      await cluster.join("club", close, far, gone);
      await far.socket.leave("club");
      gone.socket.disconnect();
      await cluster.settled("club");
      near.io.to("club").emit("members only");
      await close.hears("members only");
      await everybodyIsUpToDate(near, [far]);
      expect([far.heard("members only"), gone.heard("members only")]).toEqual([0, 0]);
    });
  });

  describe("acknowledgements", () => {
    test("of a broadcast come from the clients of every node", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      peers.forEach(({ client }, index) => client.on("sum", (a, b, ack) => ack(a + b + index)));
      const answers: unknown[] = await near.io.timeout(8000).emitWithAck("sum", 1, 2);
      expect(inOrder(answers)).toEqual(peers.map((_, index) => 3 + index));
    });

    test("can be bytes", async () => {
      const [near] = two(cluster.nodes);
      const [, far] = pairOf(await cluster.peers());
      far.client.on("bytes", (ack) => ack(Buffer.from([7, 8])));
      await cluster.settled(far.id);
      const [answer] = await near.io.to(far.id).timeout(8000).emitWithAck("bytes");
      expect(Buffer.from(answer as Uint8Array)).toEqual(Buffer.from([7, 8]));
    });

    test("that came in time are told when others did not", async () => {
      const [near] = two(cluster.nodes);
      const [close, far] = pairOf(await cluster.peers());
      far.client.on("well", (ack) => ack("far"));
      close.client.on("well", () => {});
      const responses = await new Promise((resolve) => {
        near.io
          .timeout(1500)
          .emit("well", (error: Error | null, answers: unknown) => resolve([error?.message, answers]));
      });
      expect(responses).toEqual(["operation has timed out", ["far"]]);
    });

    test("of a fetched far socket come as one value", async () => {
      const [near] = two(cluster.nodes);
      const [, far] = pairOf(await cluster.peers());
      far.client.on("who", (ack) => ack("me"));
      const [remote] = await near.io.in(far.id).fetchSockets();
      const answer = await new Promise((resolve) => {
        remote?.timeout(8000).emit("who", (error: unknown, value: unknown) => resolve([error, value]));
      });
      expect(answer).toEqual([null, "me"]);
    });
  });

  describe("sockets", () => {
    test("are fetched from every node: near ones as themselves, far ones as their details", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      const [close, far] = pairOf(peers);
      far.socket.data = { user: "Ada", list: [1, 2] };
      await cluster.join("fetched", far);
      const found = await near.io.fetchSockets();
      expect(idsOf(found)).toEqual(idsOf(peers));
      expect(found.find(({ id }) => id === close.id)).toBe(close.socket);
      const details = found.find(({ id }) => id === far.id);
      expect(details).not.toBe(far.socket);
      expect(details?.data).toEqual({ user: "Ada", list: [1, 2] });
      expect(details?.rooms).toEqual(new Set([far.id, "fetched"]));
      expect(details?.handshake.headers).toEqual(far.socket.handshake.headers);
    });

    test("are fetched by room", async () => {
      const [near] = two(cluster.nodes);
      const [, far] = pairOf(await cluster.peers());
      await cluster.join("few", far);
      expect(idsOf(await near.io.in("few").fetchSockets())).toEqual([far.id]);
      expect(idsOf(await near.io.in("nobody").fetchSockets())).toEqual([]);
    });

    test("join and leave rooms from afar", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      const isIn = (room: string) => peers.map(({ socket }) => socket.rooms.has(room));
      near.io.socketsJoin(["a", "b"]);
      await expect.poll(() => [...isIn("a"), ...isIn("b")]).not.toContain(false);
      near.io.in("a").socketsLeave("b");
      await expect.poll(() => isIn("b")).not.toContain(true);
      expect(isIn("a")).not.toContain(false);
    });

    test("that were fetched can be told things, moved and disconnected", async () => {
      const [near] = two(cluster.nodes);
      const [, far] = pairOf(await cluster.peers());
      await cluster.settled(far.id);
      const [remote] = await near.io.in(far.id).fetchSockets();
      remote?.emit("hello", "far one");
      expect(await far.hears("hello")).toEqual(["far one"]);
      void remote?.join("moved");
      await expect.poll(() => far.socket.rooms.has("moved")).toBe(true);
      void remote?.leave("moved");
      await expect.poll(() => far.socket.rooms.has("moved")).toBe(false);
      remote?.disconnect(true);
      await expect.poll(() => far.client.connected).toBe(false);
    });

    test("are disconnected on every node", async () => {
      const [near] = two(cluster.nodes);
      const [leaving, staying] = [await cluster.peers(), await cluster.peers()];
      await cluster.join("leaving", ...leaving);
      near.io.in("leaving").disconnectSockets();
      await expect.poll(() => leaving.map(({ client }) => client.connected)).not.toContain(true);
      expect(staying.map(({ client }) => client.connected)).not.toContain(false);
    });
  });

  describe("servers", () => {
    test("hear the events of others, and not their own", async () => {
      const [near, ...others] = cluster.nodes;
      const own: unknown[] = [];
      near?.io.on("news", (...args: unknown[]) => own.push(args));
      const heard = others.map(
        ({ io }) => new Promise((resolve) => io.on("news", (...args: unknown[]) => resolve(args))),
      );
      near?.io.serverSideEmit("news", "text", { n: 1 });
      expect(await Promise.all(heard)).toEqual(others.map(() => ["text", { n: 1 }]));
      expect(own).toEqual([]);
    });

    test("answer the events of others", async () => {
      const [near, ...others] = cluster.nodes;
      others.forEach(({ io }, index) => {
        io.on("question", (value: number, ack: (answer: number) => void) => ack(value + index));
      });
      const answers: unknown[] = (await near?.io.serverSideEmitWithAck("question", 40)) ?? [];
      expect(inOrder(answers)).toEqual(others.map((_, index) => 40 + index));
    });

    test("put nothing on the bus that is for their own sockets", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      const [close, far] = pairOf(peers);
      await cluster.join("own", close, far);
      const watch = await cluster.fabric.watch();
      near.io.local.emit("whispered");
      near.io.in("own").local.socketsJoin("whispered-join");
      near.io.in("own").local.socketsLeave("whispered-leave");
      near.io.in("whispered-join").local.disconnectSockets();
      expect(idsOf(await near.io.in("own").local.fetchSockets())).not.toContain(far.id);
      await close.hears("whispered");
      await expect.poll(() => close.client.connected).toBe(false);
      near.io.emit("aloud");
      await Promise.all([far.hears("aloud"), watch.until("aloud")]);
      await watch.stop();
      expect(watch.has("whispered")).toBe(false);
      expect([far.heard("whispered"), far.socket.rooms.has("whispered-join")]).toEqual([0, false]);
    });

    test("come and go", async () => {
      const [near] = two(cluster.nodes);
      const peers = await cluster.peers();
      for (const { client } of peers) client.on("count", (ack) => ack("old"));
      const late = await cluster.add(ours);
      const newcomer = await late.peer();
      newcomer.client.on("count", (ack) => ack("new"));
      const all: unknown[] = await near.io.timeout(8000).emitWithAck("count");
      expect(inOrder(all)).toEqual(["new", ...peers.map(() => "old")]);
      await cluster.remove(late);
      expect(idsOf(await near.io.fetchSockets())).toEqual(idsOf(peers));
      expect(await near.io.timeout(8000).emitWithAck("count")).toEqual(peers.map(() => "old"));
    });
  });
}
