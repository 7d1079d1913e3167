import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Socket as RawSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CHROMIUM, hasChromium } from "@skein/testkit";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Chat, startChat } from "../src/chat.ts";

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const hasBrowser = hasChromium();

let directory: string;
let chat: Chat;
let browser: Browser | undefined;
const connections = new Set<RawSocket>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "skein-chat-"));
  if (!hasBrowser) return;
  await buildSite();
  chat = await startChat(0, directory);
  chat.httpServer.on("connection", (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
  });
  browser = await chromium.launch(CHROMIUM);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  if (hasBrowser) await chat.close();
  await rm(directory, { recursive: true, force: true });
});

async function buildSite(): Promise<void> {
  const tsup = createRequire(import.meta.url).resolve("tsup/dist/cli-default.js");
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  await promisify(execFile)(process.execPath, [tsup, "--out-dir", directory], { cwd });
}

/** Opens a tab, and enters a room under a name. */
async function enter(name: string, room: string): Promise<Page> {
  if (browser === undefined) throw new Error("there is no browser");
  const page = await browser.newPage();
  await page.goto(chat.url);
  await page.fill("#name", name);
  await page.fill("#first-room", room);
  await page.click("#join button");
  await page.waitForSelector("#badge:text-is('websocket')");
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

function seenBy(page: Page, text: string): Promise<unknown> {
  return page.waitForSelector(`.message:not(.mine) .text:text-is("${text}")`);
}

it.skipIf(!hasBrowser)("brings a message across, and ticks it when the other has it", async () => {
  const [ann, bob] = [await enter("Ann", "ticks"), await enter("Bob", "ticks")];
  await say(ann, "Hello, Bob!");
  await seenBy(bob, "Hello, Bob!");
  expect(await bob.textContent(".message .name")).toBe("Ann");
  const ticks = await ann.waitForSelector(".message.mine .ticks:text-is('✓✓')");
  expect(await ticks.getAttribute("title")).toBe("Delivered to 1 of 1");
  await Promise.all([ann.close(), bob.close()]);
});

it.skipIf(!hasBrowser)("shows who is here, and who has gone", async () => {
  const [ann, bob] = [await enter("Ann", "people"), await enter("Bob", "people")];
  await ann.waitForSelector("#people li:nth-child(2)");
  expect(await ann.locator("#people .person > span:last-child").allTextContents()).toEqual([
    "Ann (you)",
    "Bob",
  ]);
  await bob.close();
  await ann.waitForSelector("#count:text-is('1')");
  expect(await ann.locator("#people .person > span:last-child").allTextContents()).toEqual(["Ann (you)"]);
  await ann.close();
});

it.skipIf(!hasBrowser)("shows who is typing, until the message comes", async () => {
  const [ann, bob] = [await enter("Ann", "typing"), await enter("Bob", "typing")];
  await ann.locator("#text").pressSequentially("He");
  await bob.waitForSelector("#typing:text-is('Ann is typing…')");
  await ann.press("#text", "Enter");
  await seenBy(bob, "He");
  expect(await bob.textContent("#typing")).toBe("");
  await Promise.all([ann.close(), bob.close()]);
});

it.skipIf(!hasBrowser)(
  "sends a picture as binary, which the other sees, and who comes later too",
  async () => {
    const [ann, bob] = [await enter("Ann", "pictures"), await enter("Bob", "pictures")];
    const picture = { name: "dot.png", mimeType: "image/png", buffer: Buffer.from(PNG, "base64") };
    await ann.setInputFiles("#picture", picture);
    await bob.waitForFunction(() => [...document.images].some((image) => image.naturalWidth > 0));
    const eve = await enter("Eve", "pictures");
    await eve.waitForFunction(() => [...document.images].some((image) => image.naturalWidth > 0));
    await Promise.all([ann.close(), bob.close(), eve.close()]);
  },
);

it.skipIf(!hasBrowser)("says in plain words that a picture is too large", async () => {
  const ann = await enter("Ann", "limits");
  const picture = { name: "big.png", mimeType: "image/png", buffer: Buffer.alloc(3 * 1024 * 1024) };
  await ann.setInputFiles("#picture", picture);
  await ann.waitForSelector(
    "#problem:text-is('This picture has 3.0 MB, more than the 2 MB that can be sent.')",
  );
  await ann.close();
});

it.skipIf(!hasBrowser)("shows markup as the text that it is", async () => {
  const [ann, bob] = [await enter("Ann", "markup"), await enter("<b>Bob</b>", "markup")];
  await say(bob, "<img src=x onerror=alert(1)>");
  const text = await ann.waitForSelector(".message .text");
  expect(await text.textContent()).toBe("<img src=x onerror=alert(1)>");
  expect(await ann.textContent(".message .name")).toBe("<b>Bob</b>");
  expect(await ann.locator(".messages img, .messages b").count()).toBe(0);
  await Promise.all([ann.close(), bob.close()]);
});

it.skipIf(!hasBrowser)("keeps rooms apart, and shows what was said to who comes in", async () => {
  const [ann, bob] = [await enter("Ann", "one room"), await enter("Bob", "Garden")];
  await say(ann, "Only in one room");
  await ann.waitForSelector(".ticks:text-is('✓✓')");
  expect(await bob.locator(".message").count()).toBe(0);
  await bob.fill("#other-room", "one room");
  await bob.press("#other-room", "Enter");
  await seenBy(bob, "Only in one room");
  await ann.waitForSelector("#count:text-is('2')");
  await Promise.all([ann.close(), bob.close()]);
});

it.skipIf(!hasBrowser)("shows a lost connection, comes back by itself, and goes on", async () => {
  const [ann, bob] = [await enter("Ann", "reconnect"), await enter("Bob", "reconnect")];
  await say(ann, "Before");
  await seenBy(bob, "Before");
  await ann.evaluate(() => {
    const badge = document.querySelector("#badge");
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    if (badge === null) return;
    new MutationObserver(() => seen.push(badge.textContent ?? "")).observe(badge, { childList: true });
  });
  for (const connection of connections) connection.destroy();
  await ann.waitForFunction(() => {
    const seen: unknown = Reflect.get(globalThis, "seen");
    return Array.isArray(seen) && seen.includes("reconnecting") && seen.at(-1) === "websocket";
  });
  await bob.waitForSelector("#badge:text-is('websocket')");
  await ann.waitForSelector("#count:text-is('2')");
  await say(ann, "After");
  await seenBy(bob, "After");
  expect(await bob.locator(".message .text").allTextContents()).toEqual(["Before", "After"]);
  await Promise.all([ann.close(), bob.close()]);
});
