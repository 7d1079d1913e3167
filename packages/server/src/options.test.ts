import { describe, expect, test } from "vitest";
import { mergeAttachOptions, resolveServerOptions } from "./options.ts";

describe("the options of a server", () => {
  test("have defaults", () => {
    expect(resolveServerOptions({})).toEqual({
      path: "/socket.io",
      serveClient: true,
      connectTimeout: 45_000,
      recovery: undefined,
      cleanupEmptyChildNamespaces: false,
      maxNamespaces: 1000,
      maxNamespaceLength: 1024,
      attachmentTimeout: 30_000,
      strict: false,
      acks: { defaultTimeout: undefined, failTimed: true, failUntimed: false },
    });
  });

  test("of the value undefined are like absent ones", () => {
    const options = { path: undefined, serveClient: undefined, connectTimeout: undefined };
    expect(resolveServerOptions(options)).toEqual(resolveServerOptions({}));
  });

  test("lose one slash at the end of the path", () => {
    expect(resolveServerOptions({ path: "/x/" }).path).toBe("/x");
  });

  test("fill in what recovery leaves open", () => {
    expect(resolveServerOptions({ connectionStateRecovery: { skipMiddlewares: false } }).recovery).toEqual({
      maxDisconnectionDuration: 120_000,
      skipMiddlewares: false,
    });
  });

  test.each(["maxNamespacesPerConnection", "maxNamespaceLength"])(
    "refuse a %s that lets nobody in",
    (name) => {
      for (const value of [0, -1, Number.NaN]) {
        expect(() => resolveServerOptions({ [name]: value })).toThrow(
          expect.objectContaining({ code: "INVALID_OPTION" }),
        );
      }
    },
  );

  test("refuse a time for acknowledgements in which none could come", () => {
    for (const ackTimeout of [0, -1, Number.NaN]) {
      expect(() => resolveServerOptions({ ackTimeout })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });

  test("of the constructor win over those of attach, and undefined wins over nothing", () => {
    const merged = mergeAttachOptions(
      { pingInterval: 1, pingTimeout: 2, path: "/attach" },
      { pingInterval: 3, pingTimeout: undefined },
      "/server",
    );
    expect(merged).toMatchObject({ pingInterval: 3, pingTimeout: 2, path: "/attach" });
    expect(mergeAttachOptions({}, {}, "/server").path).toBe("/server");
  });
});
