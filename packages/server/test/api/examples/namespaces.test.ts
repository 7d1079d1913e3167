import { describe, expect, test } from "vitest";
import { called, once } from "../../behaviour/waiting.ts";
import type { ExtendedError, Namespace } from "../../../src/index.ts";
import { next, World } from "../../support/world.ts";
import { Audience, places } from "../audience.ts";

describe("a namespace", () => {
  test("is the same one whenever it is asked for, and tells its name, adapter and sockets", async () => {
    const { io, client } = await World.start().then((world) => ({ io: world.io, client: world }));
    const adminNamespace = io.of("/admin");
    expect(io.of("/admin")).toBe(adminNamespace);
    expect(adminNamespace.name).toBe("/admin");
    expect(adminNamespace.adapter).not.toBe(io.of("/").adapter);
    await client.client("/admin");
    expect(io.of("/admin").sockets.size).toBe(1);
    expect(io.of("/").sockets.size).toBe(0);
  });

  test("that is the main one is at hand as server.sockets", async () => {
    const world = await World.start();
    const client = await world.client();
    const heard = next(client, "hi");
    expect(world.io.sockets).toBe(world.io.of("/"));
    world.io.sockets.emit("hi", "everyone");
    expect(await heard).toEqual(["everyone"]);
  });

  test.each(["connect", "connection"] as const)("announces clients by %s", async (event) => {
    const world = await World.start();
    const main = called<[{ id: string }]>("the main namespace");
    const custom = called<[{ id: string }]>("the namespace");
    world.io.on(event, main.fn);
    world.io.of("/admin").on(event, custom.fn);
    const [one, two] = [await world.client(), await world.client("/admin")];
    expect((await main.args)[0].id).toBe(one.id);
    expect((await custom.args)[0].id).toBe(two.id);
  });
});

describe("a new namespace", () => {
  test("may be given a middleware that all share", async () => {
    const world = await World.start();
    const passed: string[] = [];
    world.io.on("new_namespace", (namespace) => {
      namespace.use((socket, go) => {
        passed.push(socket.nsp.name);
        go();
      });
    });
    world.io.of("/a");
    world.io.of("/b");
    await Promise.all([world.client("/a"), world.client("/b")]);
    expect(passed.toSorted()).toEqual(["/a", "/b"]);
  });

  test("is announced also when a pattern makes it", async () => {
    const world = await World.start();
    world.io.of(/\/nsp-\w+/);
    const names: string[] = [];
    world.io.on("new_namespace", (namespace) => names.push(namespace.name));
    await world.client("/nsp-one");
    await world.client("/nsp-two");
    expect(names).toEqual(["/nsp-one", "/nsp-two"]);
  });
});

describe("a dynamic namespace", () => {
  test("made of a regular expression knows its name, broadcasts in itself, and its parent in all", async () => {
    const { io, world } = await World.start().then((started) => ({ io: started.io, world: started }));
    const names: string[] = [];
    const guarded: string[] = [];
    const dynamicNsp = io.of(/^\/dynamic-\d+$/).on("connection", (socket) => {
      const newNamespace: Namespace = socket.nsp;
      names.push(newNamespace.name);
      // broadcast to all clients in the given sub-namespace
      newNamespace.emit("hello", newNamespace.name);
    });
    // use a middleware for each sub-namespace
    dynamicNsp.use((socket, go) => {
      guarded.push(socket.nsp.name);
      go();
    });
    const clients = ["/dynamic-101", "/dynamic-102"].map((name) => world.connecting(name));
    expect(await Promise.all(clients.map((client) => next(client, "hello")))).toEqual([
      ["/dynamic-101"],
      ["/dynamic-102"],
    ]);
    expect(names.toSorted()).toEqual(["/dynamic-101", "/dynamic-102"]);
    expect(guarded.toSorted()).toEqual(names.toSorted());
    // broadcast to all clients in each sub-namespace
    const heard = Promise.all(clients.map((client) => next(client, "hello")));
    dynamicNsp.emit("hello", "all");
    expect(await heard).toEqual([["all"], ["all"]]);
  });

  test("made of a function admits who has the token", async () => {
    const world = await World.start();
    const checkToken = (token: unknown) => token === "right";
    const connection = called<[{ nsp: { name: string } }]>("a connection");
    world.io
      .of((_name, query, go) => {
        go(null, checkToken(query["token"]));
      })
      .on("connection", connection.fn);
    await expect(world.client("/any", { auth: { token: "wrong" } })).rejects.toThrow("Invalid namespace");
    await world.client("/any", { auth: { token: "right" } });
    expect((await connection.args)[0].nsp.name).toBe("/any");
  });
});

describe.each(places)("a middleware of %s", (_place, namespace) => {
  test("refuses with a message and data", async () => {
    const audience = await Audience.of(namespace, {});
    const used = audience.place.use((_socket, go) => {
      const err: ExtendedError = new Error("not authorized");
      err.data = { content: "Please retry later" }; // additional details
      go(err);
    });
    expect(used).toBe(audience.place);
    const socket = audience.world.connecting(namespace);
    const [err] = await once(socket, "connect_error");
    expect(err).toBeInstanceOf(Error);
    expect(err).toMatchObject({ message: "not authorized", data: { content: "Please retry later" } });
  });
});
