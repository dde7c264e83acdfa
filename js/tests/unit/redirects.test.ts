// Whom a redirect makes the app's own, so that credentials go there.

import { expect, test } from "vitest";
import { Http } from "../../src/client/http.ts";
import { follow } from "../../src/client/redirects.ts";
import type { ResponseLike } from "../../src/types.ts";
import { answer } from "./fixtures.ts";

const APP = "http://app.example/a/";

async function followed(url: string, location: string): Promise<Http> {
  const fetch = async (): Promise<ResponseLike> => answer("{}");
  const http = new Http(APP, fetch, {}, undefined, null);
  const first = answer("", 302, { location });
  await follow(http, fetch, url, { method: "GET" }, first);
  return http;
}

test("the app itself moves with its config, and to https", async () => {
  const http = await followed(`${APP}config?page=x`, "https://app.example/b/config");
  expect(http.base).toBe("https://app.example/b/");
  expect(http.owns("https://app.example/x")).toBe(true);
});

test("a file of another host that is redirected to https leaves that host without credentials", async () => {
  const http = await followed("http://cdn.example/x", "https://cdn.example/x");
  expect(http.owns("https://cdn.example/x")).toBe(false);
});

test.each(["http://cdn.example/x", `${APP}gradio_api/file=/x`])(
  "a file at %s that is redirected to a config does not move the app",
  async (url) => {
    const http = await followed(url, "/config");
    expect(http.base).toBe(APP);
    expect(http.owns("http://cdn.example/")).toBe(false);
  },
);
