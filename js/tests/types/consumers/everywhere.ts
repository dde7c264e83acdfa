// A program that uses the surface, in a project without the DOM's and without Node's types.

import {
  type AbortSignalLike,
  type ApiInfo,
  Client,
  type ClientOptions,
  type Config,
  client,
  type client_return,
  type DuplicateOptions,
  duplicate,
  type EventType,
  FileData,
  handle_file,
  isGradlinkError,
  type LogMessage,
  MISSING_CREDENTIALS_MSG,
  type Payload,
  type PayloadMessage,
  type PredictReturn,
  prepare_files,
  type RenderMessage,
  type SpaceStatus,
  type Status,
  type StatusMessage,
  type SubmitIterable,
  type UploadResponse,
  type ValidationProblem,
} from "gradlink";
import {
  type Call,
  endpoint,
  type FakeApp,
  fakeApp,
  hold,
  logged,
  progressed,
  queued,
  stream,
} from "gradlink/testing";

declare const secret: string;

const options: ClientOptions = {
  token: secret,
  auth: ["user", "password"],
  events: ["data", "status", "log", "render"],
  headers: { "x-probe": "yes" },
  cookies: "a=b",
  credentials: "include",
  session_hash: "abc",
  query_params: { page: "second" },
  with_null_state: true,
  oauth_token: secret,
  max_download: 1_000_000,
  status_callback: (status: SpaceStatus) => void status.status,
};

// Without an index signature, unlike a type alias it is not a Record.
interface Given {
  text: string;
  steps?: number;
}
declare const given: Given;
declare const signal: AbortSignalLike;

export async function use(): Promise<unknown> {
  await Client.connect("user/space", { signal });
  const app: Client = await Client.connect("user/space", options);
  const old: Client = await client("user/space", { hf_token: secret });
  const copy: DuplicateOptions = { token: secret, private: true, hardware: "cpu-basic" };
  await Client.duplicate("user/space", copy);
  await duplicate("user/space", copy);

  const answer: PredictReturn = await app.predict("/echo", ["text"]);
  await app.predict("/echo", { text: "text" });
  await app.predict(0);
  await app.predict("/echo", given);
  await app.submit("/echo", given).send_chunk(given);
  const when: Date = answer.time;

  const job: SubmitIterable = app.submit("/count", { text: "a", steps: 3 });
  for await (const event of job) {
    if (event.type === "data") use_payload(event);
    else if (event.type === "status") use_status(event);
    else if (event.type === "log") use_log(event);
    else use_render(event);
  }
  await job.cancel();
  const id: string = job.event_id();
  const later: string | null = await job.wait_for_id();
  job.send_chunk({ data: [1] });
  job.close_stream();
  const result: unknown = await app.submit("/count", ["a"]).result();
  for await (const delta of app.submit("/count", ["a"]).deltas()) void delta;

  const api: ApiInfo = await app.view_api();
  const label: string | undefined = api.named_endpoints["/echo"]?.parameters[0]?.label;
  const config: Config | undefined = app.config;
  await app.component_server(1, "fn", {});
  const state: "connected" | "broken" | "changed" = await app.reconnect();
  const number: number | undefined = app.api_map["echo"];
  const page: Config = app.get_page_config("second");
  const first: Config = app.get_url_config("https://host/");
  app.set_current_payload({ data: [number, page.current_page, first.layout] });
  const reads: boolean = app.stream_status.open;
  for (const id of Object.keys(app.event_callbacks))
    await app.event_callbacks[id]?.({ msg: "log", log: "x" });
  const asked: [string | null, string | null] = [app.page, app.deep_link];
  const parts: client_return = app;
  const sent: unknown[] = await app.handle_blob("https://host", [[new Uint8Array(3)]], {
    parameters: [],
    returns: [],
    type: { generator: false, cancel: false },
  });
  void [reads, asked, parts, sent];
  app.close();

  const file = handle_file("https://host/file.png");
  handle_file(new Uint8Array(3));
  const data = new FileData({ path: "a", orig_name: "a.txt" });
  const text: string = await app.read(data).text();
  void prepare_files;
  const message: string = MISSING_CREDENTIALS_MSG;
  return { old, when, id, later, result, label, config, state, file, text, message };
}

export async function scripted(): Promise<Call[]> {
  const gate = hold();
  const fake: FakeApp = fakeApp({
    "/value": "a cat",
    "/add": ({ a, b = 1 }) => a + b,
    "/typed": async (text: string, { signal }: { signal: AbortSignalLike }) => (signal.aborted ? "" : text),
    *"/count"(to: number) {
      yield to;
    },
    "/script": stream(progressed([1, 3]), logged("hi", "warning"), gate, 1),
    "/slow": queued({ at: 1, until: gate, then: endpoint((a, b) => [a, b], { outputs: 2 }) }),
  });
  gate.release();
  const tested: Client = await Client.connect(fake.url, { fetch: fake.fetch });
  await tested.close();
  return fake.calls;
}

export function explain(error: unknown): string {
  if (!isGradlinkError(error)) return "not ours";
  const code: string = error.code;
  return `${code}: ${error.message}`;
}

function use_payload(event: PayloadMessage): unknown[] {
  const same: Payload = event;
  return same.data;
}

function use_status(event: StatusMessage): Status["stage"] {
  const message: string | ValidationProblem[] | undefined = event.message;
  void message;
  return event.stage;
}

function use_log(event: LogMessage): "info" | "warning" | "success" | "error" {
  return event.level;
}

function use_render(event: RenderMessage): number {
  return event.data.render_id;
}

export const kinds: EventType[] = ["data", "status", "log", "render"];
export type Uploaded = UploadResponse["files"];
