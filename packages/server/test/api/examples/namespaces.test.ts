import { describe, expect, test } from "vitest";
import { called, once } from "../../behaviour/waiting.ts";
import type { ExtendedError, Namespace } from "../../../src/index.ts";
import { next, World } from "../../support/world.ts";
import { Audience, places } from "../audience.ts";

describe("a namespace", () => {
  test("is the same object on every call, with a name, an adapter and sockets", async () => {
    const world = await World.start();
    const main = world.io.of("/");
    const harbour = world.io.of("/harbour");
    expect(world.io.of("/harbour")).toBe(harbour);
    expect(harbour.name).toBe("/harbour");
    expect(harbour.adapter).not.toBe(main.adapter);
    await world.client("/harbour");
    expect(harbour.sockets.size).toBe(1);
    expect(main.sockets.size).toBe(0);
  });

  test("is available as server.sockets when it is the main namespace", async () => {
    const world = await World.start();
    const client = await world.client();
    const heard = next(client, "fog-warning");
    expect(world.io.sockets).toBe(world.io.of("/"));
    world.io.sockets.emit("fog-warning", "north basin");
    expect(await heard).toEqual(["north basin"]);
  });

  test.each(["connect", "connection"] as const)("emits %s for a new client", async (event) => {
    const world = await World.start();
    const main = called<[{ id: string }]>("the main namespace");
    const harbour = called<[{ id: string }]>("the other namespace");
    world.io.on(event, main.fn);
    world.io.of("/harbour").on(event, harbour.fn);
    const [one, two] = [await world.client(), await world.client("/harbour")];
    expect((await main.args)[0].id).toBe(one.id);
    expect((await harbour.args)[0].id).toBe(two.id);
  });
});

describe("a new namespace", () => {
  test("gets a shared middleware from a new_namespace listener", async () => {
    const world = await World.start();
    const passed: string[] = [];
    world.io.on("new_namespace", (namespace) => {
      namespace.use((socket, go) => {
        passed.push(socket.nsp.name);
        go();
      });
    });
    world.io.of("/docks");
    world.io.of("/locks");
    await Promise.all([world.client("/docks"), world.client("/locks")]);
    expect(passed.toSorted()).toEqual(["/docks", "/locks"]);
  });

  test("triggers new_namespace when a pattern creates it", async () => {
    const world = await World.start();
    world.io.of(/\/basin-[a-z]+/);
    const names: string[] = [];
    world.io.on("new_namespace", (namespace) => names.push(namespace.name));
    await world.client("/basin-north");
    await world.client("/basin-south");
    expect(names).toEqual(["/basin-north", "/basin-south"]);
  });
});

describe("a dynamic namespace", () => {
  test("from a regular expression broadcasts to its clients, and its parent to all clients", async () => {
    const world = await World.start();
    const inspected: string[] = [];
    const moored: string[] = [];
    const piers = world.io.of(/^\/pier-[1-9]$/);
    piers.use((socket, go) => {
      inspected.push(socket.nsp.name);
      go();
    });
    piers.on("connection", ({ nsp }: { nsp: Namespace }) => {
      moored.push(nsp.name);
      nsp.emit("moored", nsp.name);
    });
    const names = ["/pier-3", "/pier-4"];
    const clients = names.map((name) => world.connecting(name));
    const welcomes = await Promise.all(clients.map((client) => next(client, "moored")));
    expect(welcomes).toEqual([["/pier-3"], ["/pier-4"]]);
    expect(moored.toSorted()).toEqual(names);
    expect(inspected.toSorted()).toEqual(names);
    const heard = Promise.all(clients.map((client) => next(client, "storm")));
    piers.emit("storm", "force 9");
    expect(await heard).toEqual([["force 9"], ["force 9"]]);
  });

  test("from a function admits only clients with a valid permit", async () => {
    const world = await World.start();
    const connection = called<[{ nsp: { name: string } }]>("a connection");
    const restricted = world.io.of((_name, auth, decide) => decide(null, auth["permit"] === "valid"));
    restricted.on("connection", connection.fn);
    const forged = world.client("/customs", { auth: { permit: "forged" } });
    await expect(forged).rejects.toThrow("Invalid namespace");
    await world.client("/customs", { auth: { permit: "valid" } });
    expect((await connection.args)[0].nsp.name).toBe("/customs");
  });
});

describe.each(places)("a middleware of %s", (_place, namespace) => {
  test("rejects a client with a message and data", async () => {
    const audience = await Audience.of(namespace, {});
    const used = audience.place.use((_socket, go) => {
      const refusal: ExtendedError = new Error("harbour closed");
      refusal.data = { opensAt: "06:00" };
      go(refusal);
    });
    expect(used).toBe(audience.place);
    const vessel = audience.world.connecting(namespace);
    const [refusal] = await once(vessel, "connect_error");
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal).toMatchObject({ message: "harbour closed", data: { opensAt: "06:00" } });
  });
});
