import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = readdirSync(import.meta.dirname, { encoding: "utf8", recursive: true }).filter((name) =>
  /(?<!\.test)\.ts$/.test(name),
);

describe("a bundle for browsers", () => {
  it.each(sources)("can hold %s: it needs nothing that only Node.js has", (name) => {
    const source = readFileSync(`${import.meta.dirname}/${name}`, "utf8");
    const code = source.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "");
    const imports = [...code.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    expect(imports.filter((from) => !/^\.{1,2}\//.test(from ?? ""))).toEqual(
      name === "decode/decode.ts" ? ["@socket.io/component-emitter"] : [],
    );
    expect(code).not.toMatch(/\b(Buffer|process|require|setImmediate|__dirname|NodeJS)\b/);
  });
});
