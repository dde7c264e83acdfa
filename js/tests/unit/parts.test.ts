// What a part says that cannot be loaded.

import { afterEach, expect, test, vi } from "vitest";
import { part } from "../../src/client/parts.ts";

afterEach(() => vi.unstubAllGlobals());

const load = (): Promise<never> => part(Promise.reject(new TypeError("it is gone")), "view_api()");

test("a page is to be loaded again", async () => {
  await expect(load()).rejects.toMatchObject({
    name: "LoadError",
    message:
      "the part of gradlink for view_api() cannot be loaded (was the program deployed anew? then load it again): TypeError: it is gone",
  });
});

test("a service worker takes the one file", async () => {
  vi.stubGlobal("ServiceWorkerGlobalScope", class {});
  await expect(load()).rejects.toThrow(
    "a service worker may load none later; dist/gradlink.min.mjs has all of them in one file",
  );
});
