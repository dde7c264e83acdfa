// How scripted apps are reached, by one client or several, and with which files.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, handle_file, type RemoteFile } from "gradlink";
import { fakeApp, hold, outputs, stream } from "gradlink/testing";
import { describe, expect, test } from "vitest";
import { using, valuesOf } from "./given.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Return the text of a file that a client got. */
async function textOf(client: Client, file: unknown): Promise<string> {
  return await client.read(file as RemoteFile & { path: string }).text();
}

describe("files", () => {
  test("go there and come back", async () => {
    const app = fakeApp({
      "/shout": async (letter: File) => {
        const text = (await letter.text()).toUpperCase();
        return new File([text], letter.name, { type: letter.type });
      },
      "/size": ({ one, more = [] }: { one: File; more?: File[] }) =>
        [one, ...more].reduce((sum, file) => sum + file.size, 0),
      "/draw": new Uint8Array([137, 80, 78, 71]),
      "/both": stream(new Blob(["one"]), { file: new File(["two"], 'o"dd é%.txt') }),
      "/outputs": outputs("a", new Blob(["x"], { type: "image/png" })),
      "/same": (value: unknown) => value,
    });
    await using(app, async (client) => {
      const [made] = (await client.predict("/shout", [new File(["hello"], "a.txt", { type: "text/plain" })]))
        .data;
      expect(made).toMatchObject({ orig_name: "a.txt", mime_type: "text/plain", size: 5 });
      expect(await textOf(client, made)).toBe("HELLO");
      const sizes = [new Blob(["123"]), [new Blob(["4"]), handle_file(new Blob(["56"]))]];
      expect((await client.predict("/size", sizes)).data).toEqual([6]);
      const [drawn] = (await client.predict("/draw")).data;
      expect((await client.read(drawn as { path: string }).blob()).size).toBe(4);
      const [first, second] = (await valuesOf(client.submit("/both"))) as [unknown, { file: unknown }];
      expect(await textOf(client, first)).toBe("one");
      expect(second.file).toMatchObject({ orig_name: 'o"dd é%.txt' });
      expect(await textOf(client, second.file)).toBe("two");
      const [, image] = (await client.predict("/outputs")).data;
      expect(image).toMatchObject({ mime_type: "image/png" });
      const odd = new File(["\r\n--x\r\n"], 'o"dd é%.txt');
      const [same] = (await client.predict("/same", [[{ a: odd }]])).data as [[{ a: unknown }]];
      expect(await textOf(client, same[0].a)).toBe("\r\n--x\r\n");
      // A file that the app has already.
      expect((await client.predict("/size", [made])).data).toEqual([5]);
    });
    const given = app.calls[0]?.arguments["letter"];
    expect(given).toBeInstanceOf(File);
    expect(given).toMatchObject({ name: "a.txt", type: "text/plain", size: 5 });
    const odd = app.calls.find((call) => call.endpoint === "/same")?.arguments["value"];
    expect(odd).toMatchObject([{ a: { name: 'o"dd é%.txt' } }]);
  });

  test("that are not here are errors", async () => {
    expect(() => fakeApp({ "/file": handle_file("./a.txt") })).toThrow(/a\.txt.*give a Blob, File or bytes/);
    const app = fakeApp({ "/file": () => new Blob(["x"]).stream() });
    await using(app, async (client) => {
      await expect(client.predict("/file")).rejects.toThrow(/give a Blob, File or bytes/);
    });
  });
});

test("two clients have sessions of their own", async () => {
  const gate = hold();
  const app = fakeApp({ "/wait": stream("begun", gate, "done"), "/say": (text: string) => text });
  await using(app, async (one) => {
    const waiting = one.submit("/wait");
    await gate.reached;
    await using(app, async (other) => {
      expect((await other.predict("/say", ["b"])).data).toEqual(["b"]);
    });
    // The other one is gone, and took nothing of this one along.
    expect((await one.predict("/say", ["a"])).data).toEqual(["a"]);
    gate.release();
    expect((await waiting.result()).data).toEqual(["done"]);
  });
});

test("jobs of one client run beside each other", async () => {
  const gates = [hold(), hold()] as const;
  const app = fakeApp({ "/first": stream(gates[0], 1), "/second": stream(gates[1], 2) });
  await using(app, async (client) => {
    const [first, second] = [client.submit("/first"), client.submit("/second")];
    await Promise.all(gates.map(({ reached }) => reached));
    gates[1].release();
    expect((await second.result()).data).toEqual([2]);
    expect(first.status).not.toBe("succeeded");
    gates[0].release();
    expect((await first.result()).data).toEqual([1]);
  });
});

test("many calls", async () => {
  const app = fakeApp({ "/double": (x: number) => 2 * x });
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  await using(app, async (client) => {
    const results = await Promise.all(numbers.map((x) => client.predict("/double", [x])));
    expect(results.map(({ data }) => data[0])).toEqual(numbers.map((x) => 2 * x));
  });
  expect(app.calls.map((call) => call.arguments["x"])).toEqual(numbers);
});

test("apps have addresses of their own, and their fetch leads nowhere else", async () => {
  const [one, other] = [fakeApp({ "/a": 1 }), fakeApp({ "/a": 2 })];
  expect(one.url).not.toBe(other.url);
  const values = [one, other].map((app) => using(app, (client) => client.predict("/a")));
  expect((await Promise.all(values)).map(({ data }) => data)).toEqual([[1], [2]]);
  const elsewhere = Client.connect("http://example.org/", { fetch: one.fetch, retries: 0 });
  await expect(elsewhere).rejects.toThrow(/example\.org cannot be reached from a test.*fake-app/);
});

test("what is asked besides is not there", async () => {
  const app = fakeApp({ "/a": 1 });
  const ask = async (path: string, init?: object) => (await app.fetch(app.url + path, init)).status;
  expect(await ask("nowhere")).toBe(404);
  expect(await ask("gradio_api/file=/etc/passwd")).toBe(404);
  expect(await ask("gradio_api/nowhere", { method: "POST", body: "{}" })).toBe(404);
  expect(await ask("gradio_api/queue/join", { method: "POST", body: '{"fn_index": 5}' })).toBe(500);
  const status = await app.fetch(`${app.url}gradio_api/queue/status`);
  expect(await status.json()).toMatchObject({ queue_size: 0 });
  const unknown = await app.fetch(`${app.url}gradio_api/queue/data?session_hash=x`);
  expect(await unknown.text()).toContain('"session_not_found":true');
  await expect(app.fetch(app.url, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

test("a heartbeat goes on until it is left", async () => {
  const app = fakeApp({ "/a": 1 });
  const { body } = await app.fetch(`${app.url}gradio_api/heartbeat/x`);
  const reader = body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: ALIVE\n\n");
  await reader?.cancel();
});

test("a form of the platform's own is taken", async () => {
  const app = fakeApp({ "/a": 1 });
  const form = new FormData();
  form.append("files", new File(["x"], "a.txt"));
  form.append("upload_id", "1");
  const sent = await app.fetch(`${app.url}gradio_api/upload`, { method: "POST", body: form });
  expect(await sent.json()).toEqual([expect.stringMatching(/\/a\.txt$/)]);
});

test("nothing is left that keeps a program alive", async () => {
  // A job waited when its client was closed, and the app is not closed at all.
  const program = `
    import { Client } from "./src/index.node.ts";
    import { fakeApp, hold, stream } from "./src/testing.ts";
    const gate = hold();
    const app = fakeApp({ "/wait": stream(1, gate) });
    const client = await Client.connect(app.url, { fetch: app.fetch });
    const job = client.submit("/wait");
    await job.next();
    await gate.reached;
    await client.close();
    console.log(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY/.test(name)).join());
  `;
  const parameters = ["--import", "./tools/typescript.mjs", "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: ROOT, timeout: 60_000 });
  expect(stdout.trim()).toBe("");
});
