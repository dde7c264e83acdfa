// A block of HTML, opened as a page in Chromium.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { launchChromium } from "../runtimes/chromium.ts";

const SECONDS = 60;

/**
 * Serve this page, and the files of `dist` below /gradlink/, and open it; return what its console printed.
 *
 * It is over when that is what was wanted, when the page fails, or when that takes too long.
 */
export async function printedByPage(
  html: string,
  dist: string,
  isWanted: (printed: string) => boolean,
): Promise<string> {
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(String(request.url), "http://page");
    try {
      const isFile = pathname.startsWith("/gradlink/");
      const body = isFile ? await readFile(join(dist, normalize(pathname.slice("/gradlink".length)))) : html;
      if (!isFile && pathname !== "/") throw new Error("not here");
      response.writeHead(200, { "content-type": isFile ? "text/javascript" : "text/html; charset=utf-8" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const browser = await launchChromium();
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage();
    return await new Promise<string>((resolve, reject) => {
      let printed = "";
      const fail = (why: string): void => reject(new Error(`${why}; it printed: ${printed}`));
      page.on("console", (message) => {
        // A browser asks for an icon by itself, and says that there is none.
        if (message.location().url.endsWith("/favicon.ico")) return;
        printed += `${message.text()}\n`;
        if (isWanted(printed)) resolve(printed);
      });
      page.on("pageerror", (error) => fail(String(error)));
      timer = setTimeout(() => fail(`not what was wanted after ${SECONDS} s`), SECONDS * 1000);
      page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`).catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await browser.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }
}
