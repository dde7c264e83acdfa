// Answers `POST caption` of its pages with what a Gradio app says to the picture, and remembers the answer.
//
// The import is a copy of node_modules/gradlink/dist/gradlink.min.mjs beside this file: one module that loads nothing later,
// since service workers forbid import(), and import maps do not apply to them.
import { AppError, Client } from "./gradlink.min.mjs";

const APP = new URL(self.location.href).searchParams.get("app") ?? "http://127.0.0.1:7860";
const CAPTION = new URL("caption", self.registration.scope);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "POST" && new URL(url).pathname === CAPTION.pathname)
    event.respondWith(caption(event.request));
});

/** @param {Request} request */
async function caption(request) {
  const picture = await request.blob();
  // The cache knows addresses only: equal pictures get an equal one.
  const address = `${CAPTION}?picture=${await digest(picture)}`;
  const cache = await caches.open(`captions of ${APP}`);
  const known = await cache.match(address);
  if (known) return new Response(known.body, { headers: { "x-from": "cache" } });
  try {
    // A browser ends a service worker that has nothing to do, so a client is not kept.
    const client = await Client.connect(APP);
    const { data } = await client.predict("/classify", { image: picture });
    await client.close();
    await cache.put(address, new Response(String(data[0])));
    return new Response(String(data[0]), { headers: { "x-from": "app" } });
  } catch (error) {
    const said = error instanceof AppError ? error.message : "There is no caption at the moment.";
    return new Response(said, { status: 502 });
  }
}

/** @param {Blob} picture */
async function digest(picture) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await picture.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
