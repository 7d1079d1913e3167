import { createRequire } from "node:module";
import { CHROMIUM } from "@skein/testkit";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Errand, type Report, talk } from "./talk.ts";

const resolve = createRequire(import.meta.url).resolve;

/** The bundles that the clients' packages bring for pages; each sets the global `eio`. */
const SCRIPTS = {
  "of today": resolve("engine.io-client/dist/engine.io.js"),
  "of revision 3": resolve("engine.io-client-v3/engine.io.js"),
} as const;

export type Bundle = keyof typeof SCRIPTS;

export const BUNDLES: readonly Bundle[] = ["of today", "of revision 3"];

/** A browser, with a page for each origin and client that is asked for. */
export class Pages {
  readonly #browser: Browser;
  readonly #pages = new Map<string, Promise<Page>>();

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<Pages> {
    return new Pages(await chromium.launch(CHROMIUM));
  }

  /** Does an errand in a page of `origin`, with the client of `bundle`. */
  async talk(bundle: Bundle, errand: Errand, origin = errand.url): Promise<Report> {
    const key = `${bundle} at ${origin}`;
    const page = this.#pages.get(key) ?? this.#open(bundle, origin);
    this.#pages.set(key, page);
    return (await page).evaluate<Report>(`(${talk.toString()})(eio, ${JSON.stringify(errand)})`);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async #open(bundle: Bundle, origin: string): Promise<Page> {
    const page = await this.#browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`${origin}/page`);
    await page.addScriptTag({ path: SCRIPTS[bundle] });
    return page;
  }
}
