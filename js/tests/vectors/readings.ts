// What TypeScript makes of the `given` of a case, in the words in which vectors say what to expect.

import {
  AppError,
  ArgumentError,
  ConnectError,
  GradlinkError,
  QueueError,
  RedirectError,
  ResponseError,
  StreamLostError,
  TooManyRequestsError,
  TransportError,
} from "../../src/errors.ts";
import { handle_file } from "../../src/index.node.ts";
import { cancel, cancelAnswered, cancellable, look } from "../../src/protocol/cancelling.ts";
import { contentUri, uriContent } from "../../src/protocol/datauri.ts";
import {
  type Dialect,
  dialectOf,
  PROTOCOLS,
  type Protocol,
  readDialect,
} from "../../src/protocol/dialect.ts";
import { applyEdits } from "../../src/protocol/diff.ts";
import { streamError } from "../../src/protocol/failures.ts";
import { LocalFile } from "../../src/protocol/filedata.ts";
import { suffixOfContent } from "../../src/protocol/filenames.ts";
import {
  fileAddress,
  fileName,
  findFiles,
  isInline,
  replaceInOutputs,
  withFiles,
} from "../../src/protocol/files.ts";
import { JobTracker, type Update } from "../../src/protocol/job.ts";
import { asList, asObject, type JsonObject, type JsonValue } from "../../src/protocol/jsonvalue.ts";
import {
  decodeMessage,
  type Message,
  readMessage,
  type UnexpectedError,
} from "../../src/protocol/messages.ts";
import { OutputWalk, shownValues } from "../../src/protocol/outputs.ts";
import { above, withoutPage } from "../../src/protocol/pages.ts";
import { bind, refuseMistakes } from "../../src/protocol/payload.ts";
import { isRetryableRead, mayReopen, mayRepeat, pauseAfter } from "../../src/protocol/policy.ts";
import { isPrivateAddress } from "../../src/protocol/private-hosts.ts";
import { labelOf, refuseBatch } from "../../src/protocol/quirks.ts";
import { eventIdOf, replyError, runOutput, uploadedPaths } from "../../src/protocol/replies.ts";
import { SessionRouter } from "../../src/protocol/router.ts";
import { normalise, Routes, withScheme } from "../../src/protocol/routes.ts";
import {
  type AppSchema,
  checkApp,
  componentsOf,
  dependencyId,
  type Endpoint,
  findEndpoint,
  readApp,
} from "../../src/protocol/schema.ts";
import { EventDecoder } from "../../src/protocol/sse.ts";
import { app, type Case, type Given, type Kind } from "./cases.ts";
import { sessions } from "./engine.ts";

const BASE = "http://127.0.0.1:7860/";

/** Return what `given` means; an error is `{"error": CLASS, "says": TEXT, ...facts}`. */
export async function reading(kind: Kind, given: Given): Promise<unknown> {
  try {
    return nulls(await READERS[kind as keyof typeof READERS](given));
  } catch (error) {
    if (error instanceof GradlinkError) return shownError(error);
    throw error;
  }
}

/** Return an error in the words of the vectors. */
export function shownError(error: GradlinkError): Record<string, unknown> {
  const { status, execution, endpoint, logs } = error;
  const { title, duration, visible, problems } = error as object as Partial<Record<string, unknown>>;
  const facts = {
    status,
    execution,
    title,
    duration,
    visible,
    endpoint,
    problems: (problems as unknown[])?.length ? problems : undefined,
    logs: logs.length ? logs : undefined,
    retry_after: error instanceof TooManyRequestsError ? error.retryAfter : undefined,
  };
  const kept = Object.entries(facts).filter(([, value]) => value != null);
  const says = `${error}`.replace(`${error.name}: `, "");
  return { error: error.name, says, ...Object.fromEntries(kept) };
}

/** Tell whether `actual` is as expected: of an error, the facts that are named, and a part of its text. */
export function agrees(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return false;
    return expected.every((item, index) => agrees(actual[index], item));
  }
  if (typeof expected !== "object" || !expected) return Object.is(actual, expected) || actual === expected;
  if (typeof actual !== "object" || !actual || Array.isArray(actual)) return false;
  const [found, wanted] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
  if ("error" in wanted) {
    if (!String(found["says"]).includes(String(wanted["says"] ?? ""))) return false;
    return Object.entries(wanted).every(([name, value]) => name === "says" || agrees(found[name], value));
  }
  const keys = Object.keys(wanted);
  return (
    Object.keys(found).length === keys.length &&
    keys.every((key) => key in found && agrees(found[key], wanted[key]))
  );
}

/** Return `value` with null for what is undefined: JSON knows no other. */
function nulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(nulls);
  if (typeof value !== "object" || !value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nulls(item)]));
}

/** Return the dialect of a version, where no protocol is given. */
function newest(version: string): Dialect {
  return dialectOf(PROTOCOLS.at(-1) as Protocol, version);
}

/** Return what an app's server can do, with the names that Python has for it. */
function dialect(given: Given): unknown {
  checkApp({ dependencies: [], ...given });
  const { protocol, release, ...abilities } = readDialect(given);
  return Object.fromEntries(
    Object.entries(abilities).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

const KNOWN =
  /^(send_hash|send_data|queue_full|heartbeat|close_stream|estimation|process_starts|progress|log|process_generating|process_completed|unexpected_error)$/;

/** Return the data of a stream's messages, however it is cut. */
function events(given: Given): unknown {
  const bytes =
    "base64" in given ? Buffer.from(given.base64, "base64") : new TextEncoder().encode(String(given.text));
  const data = decoded(bytes, [bytes.length]);
  const cuts = Array.from(bytes, (_, index) => [index, bytes.length]);
  for (const ends of [...cuts, Array.from(bytes, (_, index) => index + 1)]) {
    const other = decoded(bytes, ends);
    if (!agrees(other, data)) throw new Error(`cut at ${ends} it is ${JSON.stringify(other)}`);
  }
  return { data };
}

/** Decode pieces of a stream that end at these places. */
function decoded(bytes: Uint8Array, ends: readonly number[]): string[] {
  const [letters, decoder] = [new TextDecoder(), new EventDecoder()];
  return ends.flatMap((end, index) =>
    decoder.push(letters.decode(bytes.subarray(ends[index - 1] ?? 0, end), { stream: true })),
  );
}

function message(given: Given): unknown {
  const found = "text" in given ? decodeMessage(given.text) : readMessage(given.json);
  const { msg, log, output, raw, renders, ...rest } = found as Message & Record<string, unknown>;
  if (!KNOWN.test(msg)) return { is: "unknown", msg, ...rest };
  // Python keeps of the cache whether there was one.
  const cache = msg === "process_completed" ? { used_cache: Boolean((raw as JsonObject)["used_cache"]) } : {};
  return { is: msg, ...rest, ...cache, ...(log as object | undefined) };
}

function diff(given: Given): unknown {
  const before = JSON.stringify(given.value);
  let value: JsonValue = given.value;
  for (const edits of given.edits) value = applyEdits(value, edits);
  if (JSON.stringify(given.value) !== before) throw new Error("the value before was changed");
  return { value };
}

function job(given: Given): unknown {
  const { api_name, generator, protocol, version, steps } = given;
  const tracker = new JobTracker({
    api_name,
    generator,
    dialect: dialectOf(protocol, version),
    hint: given.mistakes?.join("; "),
    outputs: given.outputs,
  });
  for (const step of steps) {
    if (step === "cancelled") tracker.cancel();
    else if ("accepted" in step) tracker.joined(step.accepted ?? undefined);
    else if ("receive" in step) {
      tracker.receive(readMessage(step.receive));
    } else if ("broken" in step) tracker.lose(new StreamLostError(step.broken));
    else if ("stream" in step) tracker.lose(streamError(readMessage(step.stream) as UnexpectedError));
    else throw new Error(`what is ${JSON.stringify(step)}?`);
  }
  const walk = new OutputWalk();
  return { updates: tracker.updates.map((update) => shownUpdate(update, walk, tracker)) };
}

function shownUpdate(update: Update, walk: OutputWalk, tracker: JobTracker): unknown {
  const output = walk.advance(update);
  if (update.kind === "succeeded") return { succeeded: update.data, is_output: output !== undefined };
  if (output) return { output: output.data };
  switch (update.kind) {
    case "status":
      return { status: update.status, rank: update.rank, queue_size: update.queue_size, eta: update.eta };
    case "progress":
      return { progress: update.units };
    case "log": {
      const { message: log, level, title, duration, visible } = update.log;
      return { log, level, title, duration, visible };
    }
    case "failed":
      return { [tracker.phase]: shownError(update.error) };
    default:
      return { skipped: true };
  }
}

function router(given: Given): unknown {
  const session = new SessionRouter<string>("SESSION1", newest(given.version).cancels);
  const ids = new Map<string, string>();
  return { results: given.steps.map((step: Given) => routed(session, ids, step)) };
}

function routed(session: SessionRouter<string>, ids: Map<string, string>, step: Given): unknown {
  const jobs = (event_ids: string[]) => event_ids.map((id) => [...ids].find(([, own]) => own === id)?.[0]);
  const idOf = (name: string) => ids.get(name) as string;
  if ("join" in step) {
    session.joinStarted(step.join, step.fn_index);
    session.joinSent(step.join, step.fn_index, step.generator);
    return { read: session.startReading() };
  }
  if ("accept" in step) {
    ids.set(step.accept, step.event_id);
    const unclaimed = session.register(step.accept, step.event_id);
    for (const one of unclaimed) consequences(session, one);
    return { unclaimed: unclaimed.map((one) => one.msg), read: session.startReading() };
  }
  if ("refuse" in step) {
    session.joinFailed(step.refuse);
    return null;
  }
  if ("open" in step) {
    session.streamOpened();
    return null;
  }
  if ("receive" in step) {
    const found = readMessage(step.receive);
    const for_ = session.route(found);
    if (for_.length) consequences(session, found);
    return { for: for_, cancel_now: jobs(cancellable(session)) };
  }
  if ("end" in step) {
    const lost = session.streamClosed(step.end);
    session.reading = session.hasPending;
    return { lost, read: session.reading };
  }
  if ("cancel" in step) return { plan: cancel(session, idOf(step.cancel)) };
  if ("cancelled" in step) {
    cancelAnswered(session, idOf(step.cancelled), step.plan);
    return { cancel_now: jobs(cancellable(session)) };
  }
  if ("look" in step) return { again: look(session), cancel_now: jobs(cancellable(session)) };
  throw new Error(`what is ${JSON.stringify(step)}?`);
}

function consequences(session: SessionRouter<string>, found: Message): void {
  const event_id = found.event_id ?? "";
  if (found.msg === "process_starts" || found.msg === "process_generating") session.started(event_id);
  if (found.msg === "process_completed") session.ended(event_id, found.success && !found.data);
}

function schema(given: Given): unknown {
  const [config, info] = "app" in given ? app(given.app) : [given.config, given.info];
  checkApp(config);
  const found = readApp(config, given.without_info ? undefined : info);
  const endpoints = [...found.endpoints.values()];
  const shown = endpoints.filter((one) => !given.endpoints || given.endpoints.includes(one.title));
  return {
    version: found.dialect.release,
    protocol: found.dialect.protocol,
    prefix: found.prefix,
    wants_heartbeat: found.wantsHeartbeat,
    endpoints: Object.fromEntries(
      shown.map((one) => [one.title, { ...shownEndpoint(one), returns: labels(config, one) }]),
    ),
  };
}

/** Return the labels of the outputs that callers see. */
function labels(config: JsonObject, endpoint: Endpoint): string[] {
  const components = componentsOf(config);
  const raw = asList(config["dependencies"]).find(
    (one, index) => dependencyId(asObject(one), index) === endpoint.fn_index,
  );
  const outputs = asList(asObject(raw)["outputs"]).map((id) => components.get(id) ?? {});
  return outputs.filter((_, index) => !endpoint.skippedOutputs[index]).map(labelOf);
}

function shownEndpoint(endpoint: Endpoint): object {
  return {
    fn_index: endpoint.fn_index,
    parameters: endpoint.parameters.map(({ name, label, component, hasDefault, default: value, slot }) => ({
      name,
      label,
      component,
      has_default: hasDefault,
      default: value,
      slot,
    })),
    input_count: endpoint.inputCount,
    skipped_outputs: endpoint.skippedOutputs,
    queued: endpoint.queued,
    direct: endpoint.direct,
    generator: endpoint.generator,
    stateful: endpoint.stateful,
    batch: endpoint.batch,
    live: endpoint.live,
    visibility: endpoint.visibility,
  };
}

/** Return what is expected of TypeScript: types are described in its own words, so Python's are left out. */
export function expected(one: Case): unknown {
  if (one.kind !== "schemas") return one.expect;
  return JSON.parse(JSON.stringify(one.expect), (key, value) => (key === "python_type" ? undefined : value));
}

function found(given: Given): [AppSchema, Endpoint] {
  const [config, info] = "app" in given ? app(given.app) : [given.config, given.info];
  const read = readApp(config, info);
  return [read, findEndpoint(read, given.api_name ?? given.fn_index)];
}

function payload(given: Given): unknown {
  const [read, endpoint] = found(given);
  const routes = new Routes(normalise(given.base ?? BASE), read.prefix);
  refuseBatch(endpoint, read.dialect);
  const bound = bind(endpoint, argumentsOf(given, endpoint), routes, read.dialect);
  refuseMistakes(bound);
  const uploads = bound.uploads.map((upload) => ({
    path: upload.path,
    name: upload.file.name,
    inline: isInline(upload, read.dialect),
  }));
  const contents = uploads.map(({ name, inline }, index) => ({
    content: inline ? `data:of ${name}` : `UPLOADED${index + 1}`,
  }));
  return { data: withFiles(bound, contents, read.dialect), uploads };
}

/**
 * Return the arguments of a case: by position, by name, or both.
 *
 * TypeScript takes either; where a case mixes them, they are put together by name, and one that is given twice too.
 */
export function argumentsOf(given: Given, endpoint: Endpoint): unknown[] | Record<string, unknown> {
  const args = argument(given.args ?? []) as unknown[];
  const kwargs = argument(given.kwargs ?? {}) as Record<string, unknown>;
  if (!Object.keys(kwargs).length) return args;
  const named: Record<string, unknown> = {};
  for (const [index, value] of args.entries()) {
    const name = endpoint.parameters[index]?.name ?? `${index}`;
    // An object cannot hold a name twice, so TypeScript needs no rule against it: the types are.
    if (name in kwargs) throw new ArgumentError(`${endpoint.title} got ${name} twice`);
    named[name] = value;
  }
  return { ...named, ...kwargs };
}

/** Return an argument: `{"$file": NAME}` is a file of this machine, `{"$url": URL}` one elsewhere. */
function argument(value: Given): unknown {
  if (Array.isArray(value)) return value.map(argument);
  if (typeof value !== "object" || !value) return value;
  if ("$file" in value) return new LocalFile(new Blob(["content"]), value.$file);
  if ("$url" in value) return handle_file(value.$url);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argument(item)]));
}

function output(given: Given): unknown {
  const [read, endpoint] = found(given);
  const routes = new Routes(normalise(given.base ?? BASE), read.prefix);
  const shown: JsonValue[] = shownValues(given.data, endpoint.skippedOutputs);
  return {
    values: replaceInOutputs(
      shown,
      shownValues(endpoint.plainOutputs, endpoint.skippedOutputs),
      read.dialect,
      (data: JsonObject) => ({ ...data, url: fileAddress(routes, data)[0] }),
    ),
  };
}

function files(given: Given): unknown {
  if ("url" in given) return { private: isPrivateAddress(given.url) };
  if ("head" in given) return { suffix: suffixOfContent(Buffer.from(given.head, "base64")) };
  const routes = new Routes(normalise(given.base), given.prefix);
  return {
    files: findFiles(given.value, newest(given.version ?? "")).map(({ path, data }) => {
      const [url, isSameOrigin] = fileAddress(routes, data);
      const uri = contentUri(data);
      const content = uri && { content: Buffer.from(uriContent(uri)).toString("base64") };
      return { path, url, same_origin: isSameOrigin, name: fileName(data), ...content };
    }),
  };
}

function page(given: Given): unknown {
  if ("typed" in given) {
    const url = withScheme(given.typed);
    return { url: url.includes("://") ? url : null };
  }
  const base = normalise(given.base);
  return { base: withoutPage(base, given.page), above: above(base) };
}

function reply(given: Given): unknown {
  const found = {
    status: given.status,
    url: BASE + (given.path ?? ""),
    body: "json" in given ? JSON.stringify(given.json) : given.text,
    headers: new Headers(given.headers ?? {}),
  };
  if (given.to === "join") return { event_id: eventIdOf(found) };
  if (given.to === "upload") return { paths: uploadedPaths(found, given.count) };
  if (given.to === "run")
    return {
      data: runOutput(found, newest(given.version), given.api_name).data,
    };
  throw replyError(found, given.to);
}

const FAILURES = {
  AppError,
  ConnectError,
  QueueError,
  RedirectError,
  ResponseError,
  TooManyRequestsError,
  TransportError,
};

function retry(given: Given): unknown {
  const { is, retry_after, ...facts } = given.error;
  const failed = new FAILURES[is as keyof typeof FAILURES]("failed");
  Object.assign(failed, facts, retry_after === undefined ? {} : { retryAfter: retry_after });
  const { count, base_seconds, cap_seconds, budget_seconds } = given.retries;
  const retries = {
    count,
    baseSeconds: base_seconds,
    capSeconds: cap_seconds,
    budgetSeconds: budget_seconds,
  };
  return {
    pause: pauseAfter(retries, given.attempt, failed) ?? null,
    may_repeat: mayRepeat(failed),
    may_reopen: mayReopen(failed),
    is_retryable_read: isRetryableRead(failed),
  };
}

const READERS = {
  dialects: dialect,
  events,
  messages: message,
  diffs: diff,
  jobs: job,
  routers: router,
  schemas: schema,
  payloads: payload,
  outputs: output,
  files,
  pages: page,
  replies: reply,
  retries: retry,
  sessions,
};
