import { readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";

/** Both `src` and `dist` stand beside `public`, so this finds the files from either. */
const ROOT = new URL("../", import.meta.url);
const POLICY = "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:";

/** Serves the page, its style and its script. Requests under /socket.io/ never come here: Skein answers them. */
export async function openSite(pageScript = new URL("dist/page.js", ROOT)): Promise<RequestListener> {
  const files = new Map([
    ["/", { type: "text/html", body: await readFile(new URL("public/index.html", ROOT)) }],
    ["/style.css", { type: "text/css", body: await readFile(new URL("public/style.css", ROOT)) }],
    ["/page.js", { type: "text/javascript", body: await readFile(pageScript) }],
  ]);
  return ({ url = "/" }, response) => {
    const file = files.get(url.replace(/\?.*/s, ""));
    response.writeHead(file === undefined ? 404 : 200, {
      "content-type": `${file?.type ?? "text/plain"}; charset=utf-8`,
      "content-security-policy": POLICY,
    });
    response.end(file?.body ?? "There is nothing here.");
  };
}
