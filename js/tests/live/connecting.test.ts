// What the existing client gets wrong about connecting, credentials and closing.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client, JobTimeoutError, MISSING_CREDENTIALS_MSG } from "gradlink";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, drain, failureOf, newKey } from "./given.ts";

const JS: string = fileURLToPath(new URL("../..", import.meta.url));

let base: Server;
const scripted: ScriptedApp[] = [];

beforeAll(async () => {
  base = await server();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  for (const app of scripted.splice(0)) await app.stop();
});

async function scriptedApp(): Promise<ScriptedApp> {
  const app = await ScriptedApp.start();
  scripted.push(app);
  return app;
}

describe("a login", () => {
  test("that is wrong is named", async () => {
    const auth = await server("auth");
    const error = await failureOf(() => Client.connect(auth.url, { auth: ["user", "wrong"] }));
    expect(error.name).toBe("AuthenticationError");
    expect(error.message).toMatch(/credentials/i);
    expect(error.message).not.toContain("wrong");
  });

  test("that is missing is told apart", async () => {
    const auth = await server("auth");
    const error = await failureOf(() => Client.connect(auth.url));
    expect(error).toMatchObject({ name: "AuthenticationError", status: 401 });
    expect(error.message).toContain(MISSING_CREDENTIALS_MSG);
  });

  test("is sent with everything", async () => {
    const auth = await server("auth");
    const client = await connect(auth.url, { auth: ["two", "words"] });
    const { data } = await client.predict("/whoami", []);
    expect(data[0]).toMatchObject({ username: "two" });
    expect((await drain(client.submit("/count", ["a", 2]))).values).toEqual(["a0 ", "a0 a1 "]);
  });
});

test.each(["127.0.0.1", "localhost"])("an address without a scheme, at %s", async (host) => {
  const { port } = new URL(base.url);
  const client = await connect(`${host}:${port}`);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

test.each([
  ["an end of slashes", (url: string) => `${url}//`],
  ["white space", (url: string) => ` ${url}\n`],
  ["a query", (url: string) => `${url}?__theme=dark`],
  ["a fragment", (url: string) => `${url}#part`],
])("an address with %s", async (_, change) => {
  const client = await connect(change(base.url.replace(/\/$/, "")));
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

test.each(["mounted"])("an app below a path: %s", async (variant) => {
  const mounted = await server(variant);
  const client = await connect(mounted.url);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  const { data } = await client.predict("/make_file", ["a.txt", "below"]);
  expect(await client.read(data[0] as object).text()).toBe("below");
});

test("nothing is printed, and nothing is stored", async () => {
  const printed: unknown[] = [];
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...words) => void printed.push(words));
  }
  const touched: PropertyKey[] = [];
  const storage = new Proxy(
    {},
    { get: (_, name) => void touched.push(name), set: (_, name) => !touched.push(name) },
  );
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("sessionStorage", storage);
  const client = await Client.connect(base.url, { hf_token: "hf_old" });
  await client.predict("/echo", ["x"]);
  await client.predict("/add", [1, 2, "add", 4]).catch(() => {});
  await client.predict("/err", ["x"]).catch(() => {});
  await client.predict("/nowhere", []).catch(() => {});
  await drain(client.submit("/boom", ["x"]));
  const job = client.submit("/gategen", [newKey(), 3]);
  await job.cancel();
  await client.component_server(1, "nothing", {}).catch(() => {});
  client.close();
  await Client.connect("http://127.0.0.1:9", { retries: 0 }).catch(() => {});
  vi.restoreAllMocks();
  expect(printed).toEqual([]);
  expect(touched).toEqual([]);
});

test("the query of a page is not sent to the app", async () => {
  const location = {
    search: "?secret=1",
    href: `${base.url}?secret=1`,
    origin: base.origin,
    pathname: "/",
    host: "h",
  };
  vi.stubGlobal("window", { location, addEventListener: () => {} });
  vi.stubGlobal("document", { location, addEventListener: () => {} });
  vi.stubGlobal("location", location);
  const seen = (await base.requests()).length;
  const client = await connect(base.url);
  await client.predict("/echo", ["x"]);
  const requests = await base.requests(seen);
  expect(requests.map(({ path }) => path)).toContain("/gradio_api/queue/join");
  expect(requests.filter(({ query }) => query.includes("secret"))).toEqual([]);
});

describe("too few arguments, or wrong ones, are named before anything is sent", () => {
  test.each([
    ["too few", [], /\ba\b/],
    ["too many", [1, 2, "add", 4], /3|too many|at most/],
    ["an unknown name", { a: 1, wrong: 2 }, /wrong/],
    ["a missing name", { b: 2 }, /\ba\b/],
  ])("%s", async (_, data, text) => {
    const client = await connect(base.url);
    const seen = (await base.requests()).length;
    const error = await failureOf(() => client.predict("/add", data));
    expect(error.name).toBe("ArgumentError");
    expect(error.message).toMatch(text);
    const inLoop = await failureOf(
      async () => await drain(client.submit("/add", data)).then(({ error: it }) => Promise.reject(it)),
    );
    expect(inLoop.message).toBe(error.message);
    const paths = (await base.requests(seen)).map(({ path }) => path);
    expect(paths.filter((path) => path.includes("join") || path.includes("run"))).toEqual([]);
  });

  test("an unknown endpoint, with the names of those that there are", async () => {
    const client = await connect(base.url);
    const error = await failureOf(() => client.predict("/nowhere", []));
    expect(error.name).toBe("EndpointError");
    expect(error.message).toContain("/nowhere");
    expect(error.message).toContain("/echo");
  });
});

describe("the end of a client", () => {
  /** Return how a program ended: its code, or null if it had to be stopped. */
  async function endOf(program: string): Promise<{ code: number | null; output: string }> {
    const tool = ["--import", "./tools/typescript.mjs", "--input-type=module", "-e", program];
    const child = spawn(process.execPath, tool, { cwd: JS, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    clearTimeout(limit);
    return { code, output };
  }

  const start = (): string => `import { Client } from "./src/index.node.ts";
    const client = await Client.connect(${JSON.stringify(base.url)});
    console.log((await client.predict("/counter", [2])).data[0]);`;

  test("by close() lets the process end", async () => {
    expect(await endOf(`${start()} client.close();`)).toEqual({ code: 0, output: "2\n" });
  });

  test("with jobs under way, too", async () => {
    const key = newKey();
    const program = `${start()} const job = client.submit("/gategen", [${JSON.stringify(key)}, 3]);
      job.result().catch((error) => console.log(error.name));
      await job.wait_for_id(); client.close();`;
    expect(await endOf(program)).toEqual({ code: 0, output: "2\nClientClosedError\n" });
  });

  test("ends all its requests", async () => {
    const seen = (await base.requests()).length;
    const client = await Client.connect(base.url);
    await client.predict("/counter", [1]);
    await base.reach(`GET /gradio_api/heartbeat/${client.session_hash}`, "asked");
    client.close();
    await base.reach(`GET /gradio_api/heartbeat/${client.session_hash}`, "ended");
    await vi.waitFor(async () => {
      const mine = (await base.requests(seen)).filter(({ path, query }) =>
        `${path}?${query}`.includes(String(client.session_hash)),
      );
      expect(mine.length).toBeGreaterThan(0);
      expect(mine.filter(({ ended }) => !ended)).toEqual([]);
    });
    const error = await failureOf(() => client.predict("/echo", ["x"]));
    expect(error.name).toBe("ClientClosedError");
  });
});

test("a client holds no stream while no job runs", async () => {
  const seen = (await base.requests()).length;
  const clients = await Promise.all([connect(base.url), connect(base.url), connect(base.url)]);
  await Promise.all(clients.map((client) => client.predict("/counter", [1])));
  await vi.waitFor(async () => {
    const streams = (await base.requests(seen)).filter(({ path }) => path.endsWith("/queue/data"));
    expect(streams.length).toBeGreaterThanOrEqual(3);
    expect(streams.filter(({ ended }) => !ended)).toEqual([]);
  });
  const open = (await base.requests(seen)).filter(({ ended }) => !ended).map(({ path }) => path);
  expect(open.every((path) => path.includes("/heartbeat/"))).toBe(true);
  expect(open.length).toBeLessThanOrEqual(3);
});

describe("the number of an app's process", () => {
  test("is exact", async () => {
    const app = await scriptedApp();
    app.override = ({ path }, response) => {
      if (path !== "/gradio_api/app_id" && path !== "/config") return false;
      const number = "1510530298151451437";
      const body = path === "/config" ? CONFIG_TEXT.replace("APP_ID", number) : `{"app_id": ${number}}`;
      response.writeHead(200, { "content-type": "application/json" }).end(body);
      return true;
    };
    const client = await connect(app.url);
    expect(String(client.config?.app_id)).toBe("1510530298151451437");
    expect(await client.reconnect()).toBe("connected");
  });

  test("tells of a restart", async () => {
    const app = await scriptedApp();
    const client = await connect(app.url);
    expect(await client.reconnect()).toBe("connected");
    app.override = ({ path }, response) => {
      if (path !== "/gradio_api/app_id") return false;
      response.writeHead(200, { "content-type": "application/json" }).end('{"app_id": 8}');
      return true;
    };
    expect(await client.reconnect()).toBe("changed");
    await app.stop();
    expect(await client.reconnect()).toBe("broken");
  });
});

const CONFIG_TEXT = `{"version": "6.31.0", "api_prefix": "/gradio_api", "app_id": APP_ID, "protocol": "sse_v3",
  "enable_queue": true, "components": [], "dependencies": []}`;

test("refresh() needs no page", async () => {
  const client = await connect(base.url);
  await client.refresh();
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

describe("a call can be bounded", () => {
  test("by a signal", async () => {
    const client = await connect(base.url);
    const key = newKey();
    const controller = new AbortController();
    const call = client.predict("/gate_parallel", [key], undefined, { signal: controller.signal });
    const failed = failureOf(() => call);
    await base.reach(key, "started");
    controller.abort();
    const error = await failed;
    expect(error.name).toMatch(/AbortError|JobCancelledError/);
    await base.reach(key, "ended");
    expect((await base.counts(key))["finished"]).toBeUndefined();
  });

  test("by a signal that was aborted before", async () => {
    const client = await connect(base.url);
    const seen = (await base.requests()).length;
    await failureOf(() => client.predict("/echo", ["x"], undefined, { signal: AbortSignal.abort() }));
    expect((await base.requests(seen)).map(({ path }) => path)).not.toContain("/gradio_api/queue/join");
  });

  test("by a time", async () => {
    const client = await connect(base.url);
    const key = newKey();
    const error = await failureOf(() => client.predict("/gate_parallel", [key], undefined, { timeout: 1 }));
    expect(error).toBeInstanceOf(JobTimeoutError);
    const { started = 0 } = await base.counts(key);
    if (started) await base.reach(key, "ended");
    expect((await base.counts(key))["finished"]).toBeUndefined();
  });

  test("by a block", async () => {
    const client = await connect(base.url);
    const key = newKey();
    const leave = async (): Promise<void> => {
      const job = client.submit("/gate_parallel", [key]);
      job.result().catch(() => {});
      await base.reach(key, "started");
      await job[Symbol.asyncDispose]();
    };
    await leave();
    await base.reach(key, "ended");
    expect((await base.counts(key))["finished"]).toBeUndefined();
  });
});

describe("credentials stay with the app", () => {
  test("whatever client.fetch is asked for", async () => {
    const [app, other] = [await scriptedApp(), await scriptedApp()];
    const client = await connect(app.url, {
      token: "hf_secret",
      cookies: "session=secret",
      headers: { "x-key": "secret" },
    });
    await client.fetch(`${other.url}/elsewhere`, {});
    const [asked] = other.asked;
    expect(asked?.path).toBe("/elsewhere");
    expect(JSON.stringify(asked?.headers)).not.toContain("secret");
    await client.fetch(`${app.url}/here`, {});
    expect(app.asked.at(-1)?.headers).toMatchObject({ "x-key": "secret", cookie: "session=secret" });
  });

  test("whatever root the app claims to have", async () => {
    const [app, other] = [await scriptedApp(), await scriptedApp()];
    app.config = { root: other.url };
    const client = await connect(app.url, { token: "hf_secret", cookies: "session=secret" });
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect(other.asked).toEqual([]);
  });

  test("across a redirect to another host", async () => {
    const [app, other] = [await scriptedApp(), await scriptedApp()];
    app.override = ({ path }, response) => {
      if (path !== "/gradio_api/info") return false;
      response.writeHead(307, { location: `${other.url}/gradio_api/info` }).end();
      return true;
    };
    await connect(app.url, {
      token: "hf_secret",
      cookies: "session=secret",
      headers: { "x-key": "secret" },
    }).catch(() => {});
    expect(app.asked.map(({ path }) => path)).toContain("/gradio_api/info");
    expect(JSON.stringify(other.asked.map(({ headers }) => headers))).not.toContain("secret");
  });

  test("and go along with a cancel", async () => {
    const client = await connect(base.url, { token: "hf_mine", headers: { "x-probe": "p" } });
    const key = newKey();
    const job = client.submit("/gategen", [key, 3]);
    const ended = drain(job);
    await base.reach(key, "started");
    const seen = (await base.requests()).length;
    await job.cancel();
    await ended;
    // It is sent once the client has heard that the function runs, which may be a moment later.
    const cancels = await vi.waitFor(async () => {
      const asked = await base.requests(seen);
      const found = asked.filter(({ path }) => /\/(cancel|reset)$/.test(path));
      expect(found.length).toBeGreaterThan(0);
      return found;
    }, 10_000);
    for (const { headers } of cancels) {
      expect(headers).toMatchObject({ authorization: "Bearer hf_mine", "x-probe": "p" });
    }
  });
});

test("cookies are kept as a jar does", async () => {
  const app = await scriptedApp();
  const expires = "Expires=Wed, 21 Oct 2099 07:28:00 GMT";
  app.override = ({ path }, response) => {
    if (path === "/config") {
      response.setHeader("set-cookie", [
        `first=a=b==; Path=/; ${expires}; HttpOnly`,
        `second=two; ${expires}`,
        "gone=x; Path=/",
        "elsewhere=x; Path=/other",
      ]);
    }
    if (path === "/gradio_api/queue/join") {
      response.setHeader("set-cookie", ["second=later; Path=/", "gone=; Max-Age=0; Path=/"]);
    }
    return false;
  };
  const client = await connect(app.url, { cookies: "zero=0" });
  await client.predict("/echo", ["x"]);
  const join = app.asked.find(({ path }) => path === "/gradio_api/queue/join");
  expect(parsed(join?.headers["cookie"])).toEqual({ zero: "0", first: "a=b==", second: "two", gone: "x" });
  await client.predict("/echo", ["y"]);
  const again = app.asked.filter(({ path }) => path === "/gradio_api/queue/join").at(-1);
  expect(parsed(again?.headers["cookie"])).toEqual({ zero: "0", first: "a=b==", second: "later" });
});

function parsed(cookie: string | string[] | undefined): Record<string, string> {
  const pairs = String(cookie).split("; ");
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

describe("before the first call can start", () => {
  test("two requests are made, side by side", async () => {
    const app = await scriptedApp();
    let arrived = 0;
    let release = (): void => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Neither is answered before both are here.
    app.override = async () => {
      arrived += 1;
      if (arrived === 2) release();
      await both;
      return false;
    };
    await connect(app.url);
    expect(app.paths().sort()).toEqual(["GET /config", "GET /gradio_api/info"]);
  });

  test("a failing /info does not matter", async () => {
    const app = await scriptedApp();
    app.override = ({ path }, response) => {
      if (path !== "/gradio_api/info") return false;
      response.writeHead(500).end("broken");
      return true;
    };
    const client = await connect(app.url);
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  });

  test("a page that is not a Gradio app is named", async () => {
    const app = await scriptedApp();
    app.override = (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Welcome</p>");
      return true;
    };
    const error = await failureOf(() => Client.connect(app.url));
    expect(error.message).toMatch(/config/i);
  });

  test("a server that is not there is named", async () => {
    const error = await failureOf(() => Client.connect("http://127.0.0.1:59999", { retries: 0 }));
    expect(error).toMatchObject({ name: "ConnectError", execution: "not started" });
  });
});
