import { describe, expect, test } from "vitest";
import {
  type AnyOptions,
  endsForeignUpgrades,
  makings,
  profileOf,
  reference,
  type Running,
  skein,
  skeinOnUws,
} from "./profile.ts";

const FALSY: readonly unknown[] = [null, false, 0, ""];

/**
 * Options of the reference that a falsy value disables, sets to the default, or sets to no time.
 */
const OPTIONS = [
  "path",
  "serveClient",
  "adapter",
  "parser",
  "connectTimeout",
  "connectionStateRecovery",
  "cleanupEmptyChildNamespaces",
  "pingInterval",
  "pingTimeout",
  "upgradeTimeout",
  "allowUpgrades",
  "allowRequest",
  "allowEIO3",
  "cookie",
  "cors",
  "httpCompression",
  "perMessageDeflate",
  "initialPacket",
  "addTrailingSlash",
  "destroyUpgrade",
  "destroyUpgradeTimeout",
];

/** Options of µWebSockets.js alone. */
const UWS_OPTIONS = ["compression", "idleTimeout"];

/** Without its slash a path is another one on µWebSockets.js, which matches paths exactly. */
const MATCHES_ON_UWS = ({ addTrailingSlash }: AnyOptions): boolean => addTrailingSlash !== false;

const falsyOptions = (names: readonly string[]): AnyOptions[] =>
  names.flatMap((name) => FALSY.map((value) => ({ [name]: value })));

/** Observations that take long, for the options that they show. */
async function details(running: Running, options: AnyOptions): Promise<Record<string, unknown>> {
  if ("destroyUpgrade" in options || "destroyUpgradeTimeout" in options)
    return { ended: await endsForeignUpgrades(running) };
  if ("cleanupEmptyChildNamespaces" in options) return { made: await makings(running) };
  return {};
}

async function seen(running: Running, options: AnyOptions): Promise<Record<string, unknown>> {
  return { ...(await profileOf(running)), ...(await details(running, options)) };
}

describe("a value that is falsy means what the reference makes of it", () => {
  test.each(falsyOptions(OPTIONS))("on Node: %j", async (options) => {
    const expected = await seen(await reference(options), options);
    expect(expected["clients"]).toEqual(["hello", "hello"]);
    expect(await seen(await skein(options), options)).toEqual(expected);
  });
});

describe("on µWebSockets.js", () => {
  test.each(falsyOptions([...OPTIONS, ...UWS_OPTIONS]).filter(MATCHES_ON_UWS))(
    "clients are served as by the reference: %j",
    async (options) => {
      const there = await profileOf(await reference(options));
      const here = await profileOf(await skeinOnUws(options));
      // Paths are matched exactly on this host.
      expect({ ...here, withoutSlash: there["withoutSlash"] }).toEqual(there);
    },
  );
});
