// The one address that all runtimes can reach: it steers the servers, and serves the pages.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "../server/servers.ts";

const TYPES: Record<string, string> = {
  js: "text/javascript",
  mjs: "text/javascript",
  html: "text/html",
  css: "text/css",
  map: "application/json",
};

/** What serves, and how to end it. */
export interface Control {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Serve `/control/VARIANT/METHOD/_PATH?QUERY`, which asks that server; `pages`; and what is in the folder `stage`.
 */
export async function serveControl(
  server: (variant: string) => Promise<Server>,
  stage: string,
  pages: Readonly<Record<string, string>>,
): Promise<Control> {
  const http = createServer((request, response) => {
    answer(request, response, server, stage, pages).catch((error: unknown) => {
      response.writeHead(500, { "access-control-allow-origin": "*" }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: (variant: string) => Promise<Server>,
  stage: string,
  pages: Readonly<Record<string, string>>,
): Promise<void> {
  const url = new URL(String(request.url), "http://control");
  const [, place, variant = "", method = "", ...path] = url.pathname.split("/");
  if (place === "control") {
    const { origin } = await server(variant);
    const reply = await fetch(`${origin}/${path.join("/")}${url.search}`, { method });
    response.writeHead(reply.status, {
      "access-control-allow-origin": "*",
      "content-type": "application/json",
    });
    response.end(await reply.text());
    return;
  }
  const page = pages[url.pathname];
  const type = TYPES[url.pathname.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  if (page === undefined && url.pathname.includes("..")) throw new Error("not here");
  try {
    const body = page ?? (await readFile(stage + url.pathname.slice(1)));
    response.writeHead(200, { "content-type": page?.startsWith("<") ? "text/html" : type }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
