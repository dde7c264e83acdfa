// An app that says what no program can follow: its client gets values or errors of gradlink, and the process lives.

import { Client, GradlinkError, isGradlinkError, ProtocolError } from "gradlink";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type HostileScript, hostile } from "../server/hostile.ts";
import { ScriptedApp } from "../server/scripted.ts";
import { HOSTILE, isPolluted } from "../server/untrusted.ts";

const stray: unknown[] = [];
const note = (error: unknown) => stray.push(error);
beforeAll(() => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
});
afterAll(() => {
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve));
  expect(stray).toEqual([]);
  expect(isPolluted()).toBe(false);
});

/** Return what it gives, or the error of gradlink that it throws; throws any other one. */
async function outcome<T>(act: () => T | Promise<T>): Promise<T | GradlinkError> {
  try {
    return await act();
  } catch (error) {
    if (isGradlinkError(error)) return error;
    throw error;
  }
}

// One of each kind; tests/property/untrusted.test.ts has them all, in every place.
const NAMES = [
  "null",
  "number beyond all",
  "half letters",
  "list of everything",
  "names of the language",
  "deep list",
];

type Act = (client: Client, url: string) => unknown;
const FILE = new Blob(["content"]);

/** What a program may do with an app, by what the app has to say for it. */
const ACTS = {
  calls: [
    (client) => client.predict("/echo", ["x"]),
    async (client) => {
      for await (const event of client.submit("/echo", ["x"], undefined, null, true))
        expect(event).toBeTruthy();
    },
    async (client) => {
      for await (const added of client.submit("/echo", ["x"]).deltas()) expect(added).toBeTruthy();
    },
  ],
  descriptions: [
    (client) => client.view_api(),
    (client) => client.get_page_config("second"),
    (client, url) => client.get_url_config(`${url}second`),
  ],
  requests: [
    (client) => client.predict("/echo", [FILE]),
    (client) => client.reconnect(),
    (client, url) => client.upload_files(url, [FILE]),
  ],
} satisfies Record<string, Act[]>;

/** Connect to an app that says this, and do that with it. */
async function use(script: HostileScript, acts: readonly Act[], total = 20): Promise<void> {
  const url = await hostile.script(script);
  const options = { timeout: { connect: 20, total }, retries: 0 };
  const client = await outcome(() => Client.connect(url, options));
  if (client instanceof GradlinkError) return;
  await Promise.all(acts.map((act) => outcome(() => act(client, url))));
  await client.close();
}

const CONFIG = {
  version: "6.31.0",
  protocol: "sse_v3",
  api_prefix: "/gradio_api",
  components: [
    { id: 1, type: "textbox", props: { label: "in" }, skip_api: false },
    { id: 2, type: "textbox", props: { label: "out" }, skip_api: false },
  ],
  dependencies: [{ id: 0, inputs: [1], outputs: [2], api_name: "echo", types: { generator: true } }],
  page: { second: { components: [1], dependencies: [0], layout: {} } },
  pages: [
    ["", "first"],
    ["second", "second"],
  ],
};

/** Return the text of `value` with `part` in the place of what stands at `path`. */
function planted(value: unknown, path: readonly (string | number)[], part: string): string {
  const copy = structuredClone(value) as Record<string, unknown>;
  let place = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[path.at(-1) as string] = "\u0001";
  return JSON.stringify(copy).replace('"\\u0001"', () => part);
}

const IN_CONFIG: (string | number)[][] = [
  ...[
    "version",
    "protocol",
    "api_prefix",
    "components",
    "dependencies",
    "page",
    "pages",
    "root",
    "app_id",
  ].map((key) => [key]),
  ...["max_file_size", "connect_heartbeat", "enable_queue", "unknown"].map((key) => [key]),
  ...["id", "inputs", "outputs", "api_name", "types", "queue", "api_visibility", "connection"].map((key) => [
    "dependencies",
    0,
    key,
  ]),
  ["dependencies", 0],
  ["components", 0],
  ["components", 0, "id"],
  ["components", 0, "type"],
  ["components", 0, "props"],
  ["page", "second"],
  ["page", "second", "components"],
];

test.each(NAMES)("in the config, anywhere: %s", async (name) => {
  const part = HOSTILE[name] as string;
  await Promise.all([
    use({ config_text: part }, []),
    ...IN_CONFIG.map((path) =>
      use({ config_text: planted(CONFIG, path, part) }, [ACTS.calls[0] as Act, ...ACTS.descriptions]),
    ),
  ]);
});

const INFO = {
  named_endpoints: {
    "/echo": {
      parameters: [
        {
          label: "in",
          parameter_name: "text",
          parameter_has_default: false,
          type: { type: "string" },
          python_type: { type: "str" },
          component: "Textbox",
        },
      ],
      returns: [{ label: "out", type: { type: "string" }, component: "Textbox" }],
    },
  },
  unnamed_endpoints: {},
};
const IN_INFO: (string | number)[][] = [
  ["named_endpoints"],
  ["unnamed_endpoints"],
  ["named_endpoints", "/echo"],
  ["named_endpoints", "/echo", "parameters"],
  ["named_endpoints", "/echo", "parameters", 0],
  ["named_endpoints", "/echo", "parameters", 0, "parameter_name"],
  ["named_endpoints", "/echo", "parameters", 0, "type"],
  ["named_endpoints", "/echo", "returns", 0, "type"],
];

test.each(NAMES)("in the info, anywhere: %s", async (name) => {
  const part = HOSTILE[name] as string;
  await Promise.all([
    use({ info_text: part }, ACTS.descriptions),
    ...IN_INFO.map((path) =>
      use({ info_text: planted(INFO, path, part) }, [ACTS.calls[0] as Act, ...ACTS.descriptions]),
    ),
  ]);
});

const IN_END = ["output", "success", "title"];
const IN_OUTPUT = ["data", "error", "title", "duration", "visible", "render_config", "average_duration"];

test.each(NAMES)("in the end of a job, anywhere: %s", async (name) => {
  const part = HOSTILE[name] as string;
  const ends = [
    ...IN_END.map((key) => `"${key}":${part},"x":1`),
    ...["true", "false"].flatMap((success) =>
      IN_OUTPUT.map((key) => `"success":${success},"output":{"${key}":${part},"a":1}`),
    ),
    `"success":true,"output":{"data":[${part}]}`,
    `"success":true,"output":{"data":[{"path":${part},"name":"x","is_file":true,"meta":{"_type":"gradio.FileData"}}]}`,
    `"success":true,"output":{"data":[{"path":"x","url":${part},"orig_name":${part},"size":${part},"meta":{"_type":"gradio.FileData"}}]}`,
  ];
  await Promise.all(ends.map((end) => use({ end }, ACTS.calls)));
});

test.each(NAMES)("in any message and answer: %s", async (name) => {
  const part = HOSTILE[name] as string;
  const fields: [string, string[]][] = [
    ["process_generating", ["output", "success", "time_limit"]],
    ["progress", ["progress_data"]],
    ["log", ["log", "level", "title", "duration", "visible"]],
    ["estimation", ["rank", "queue_size", "rank_eta"]],
    ["process_starts", ["eta"]],
  ];
  const messages = fields.flatMap(([msg, keys]) =>
    keys.map((key) => [`{"msg":"${msg}","event_id":"EVENT_ID","${key}":${part}}`]),
  );
  const first =
    '{"msg":"process_generating","event_id":"EVENT_ID","success":true,"output":{"data":[{"a":[1]}]}}';
  for (const edits of [
    part,
    `[${part}]`,
    `[[${part}]]`,
    `[[["add",${part},1]]]`,
    `[[["replace",["a"],${part}]]]`,
  ])
    messages.push([
      first,
      `{"msg":"process_generating","event_id":"EVENT_ID","success":true,"output":{"data":${edits}}}`,
    ]);
  const replies = ["queue/join", "upload", "app_id"].flatMap((path) =>
    [part, `{"detail":${part}}`, `{"app_id":${part}}`].flatMap((body) =>
      [200, 422].map((status) => ({ [path]: { status, body } })),
    ),
  );
  await Promise.all([
    ...messages.map((all) => use({ messages: all }, ACTS.calls)),
    ...replies.map((all) => use({ replies: all }, ACTS.requests)),
    // A job of another name is waited for, as its messages may come.
    use({ replies: { "queue/join": { body: `{"event_id":${part}}` } } }, ACTS.calls, 0.3),
  ]);
});

test("an error that is nested deep ends its job, the others on the stream go on", async () => {
  const app = await ScriptedApp.start();
  const jobs: string[] = [];
  let bothAreThere: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    bothAreThere = resolve;
  });
  app.play = async (job) => {
    jobs.push(job.id);
    job.starts();
    if (jobs.length === 2) bothAreThere();
    await both;
    if (job.data[0] === "honest") return;
    app.sendRaw(
      job.session,
      `data: {"msg":"process_completed","event_id":"${job.id}","success":false,"output":{"error":${HOSTILE["deep list"]}}}\n\n`,
    );
    const [honest] = jobs.filter((id) => id !== job.id);
    app.send(job.session, {
      msg: "process_completed",
      event_id: honest,
      success: true,
      output: { data: ["honest"] },
    });
    app.closeStream(job.session);
  };
  const client = await Client.connect(app.url);
  const [honest, deep] = await Promise.all([
    outcome(() => client.predict("/echo", ["honest"])),
    outcome(() => client.predict("/other", ["deep"])),
  ]);
  expect(deep).toBeInstanceOf(ProtocolError);
  expect(deep).toMatchObject({ endpoint: "/other", execution: "unknown" });
  expect(honest).toMatchObject({ data: ["honest"] });
  await client.close();
  await app.stop();
});

test("a job whose step cannot be read is cancelled at the server", async () => {
  const app = await ScriptedApp.start();
  app.play = (job) => {
    job.starts();
    const start = `data: {"msg":"process_generating","event_id":"${job.id}","success":true,"output":{"data":[`;
    app.sendRaw(job.session, `${start}${HOSTILE["deep list"]}]}}\n\n`);
  };
  const client = await Client.connect(app.url);
  expect(await outcome(() => client.predict("/echo", ["x"]))).toBeInstanceOf(ProtocolError);
  await client.close();
  expect(app.paths()).toContain("POST /gradio_api/cancel");
  await app.stop();
});
