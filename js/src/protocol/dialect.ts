/**
 * What a server can do: protocol and version on one side, named abilities on the other.
 *
 * This is the only place that compares protocols or versions; everything else asks the app's dialect. It is the table of
 * Python's `dialect.py`, with the same names. A new protocol is one more name in PROTOCOLS, and a change in the row of
 * each ability in which it differs from the one before. Wire: docs/protocol.md. Vectors: dialects.
 */

import { asText, type JsonObject, type JsonValue } from "./jsonvalue.ts";

/** As /config announces them, in the order in which they came; an app of the first one announces none. */
export const PROTOCOLS = ["ws", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3"] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/**
 * How a file stands in the data of a call.
 *
 * - file data: uploaded, an object with its path.
 * - named: uploaded, an object with its name.
 * - inline: an object with the content as a data URI.
 * - data uri: the content as a data URI, nothing else.
 */
export type FileForm = "file data" | "named" | "inline" | "data uri";

/**
 * What makes an object in a result a file.
 *
 * - is_file: it says so in `is_file`, and has a name.
 * - fields: it has all fields of a file.
 * - meta: it says so in `meta`, and has a path, or since 5.0 perhaps only a url.
 */
export type FileMark = "is_file" | "fields" | "meta";

/**
 * How a server cancels a job.
 *
 * - connection: the job has one of its own, which is closed.
 * - reset: by event id.
 * - running: by session and function; a job that waits in the queue cannot be taken out of it: it would run all the same,
 *   and until 5.45 its second end breaks the session's stream.
 * - session: by session and function.
 */
export type CancelWay = "connection" | "reset" | "running" | "session";

/** What one app's server can do, does or gets wrong. Sections are those of docs/protocol.md. */
export interface Dialect {
  /** How jobs travel. */
  readonly protocol: Protocol;
  /** The app's Gradio version as text, for messages. */
  readonly release: string;

  /** A job has a WebSocket of its own (until 3.50; "Six protocols"). */
  readonly websocket: boolean;
  /** A job on a stream of its own is cancelled by its event id (4.0 - 4.8; "Six protocols"). */
  readonly resetsAlone: boolean;
  /** All jobs of a session come on one stream (since 4.9; "Join and stream"). */
  readonly sharesStream: boolean;
  /** `process_generating` carries edits after the first full value (since 4.17; "Edits"). */
  readonly sendsEdits: boolean;
  /** The stream ends with `close_stream`; without it an end is an accident (since 4.22; "Join and stream"). */
  readonly closesExplicitly: boolean;

  /** The queue is asked for a job again and again, which gradlink does not speak (before 3.1.5; "Six protocols"). */
  readonly pollsQueue: boolean;
  /** How files are sent (named since 3.19, file data since 4.0; "Files"). */
  readonly fileForm: FileForm;
  /** How files are sent to an Image (as others since 4.0, before as a data URI; "Files"). */
  readonly imageForm: FileForm;
  /** What a file of a result is known by (all its fields since 4.0, `meta` since 4.21; "Files"). */
  readonly fileMark: FileMark;
  /**
   * What is sent for a file is refused if it is none, also where the function wants it unprocessed (since 5.49 at the
   * latest, not in 5.0; "Files").
   */
  readonly checksFiles: boolean;
  /** Files of a result may be data URIs in its values (before 4.0; "Files"). */
  readonly inlineResults: boolean;
  /** /config says which functions stream (since 3.20; "Names and defaults"). */
  readonly tellsGenerators: boolean;
  /**
   * Some calls, such as one of a batch function, stop the queue for everybody, and joins go on being accepted
   * (4.0 - 4.15; "What gradlink does not do to a server").
   */
  readonly queueMayStop: boolean;
  /** Jobs that are batched together all get the result of one (until 4.19; "What gradlink does not do to a server"). */
  readonly mixesBatches: boolean;
  /** The text of an error is a Python repr (before 5.2; "Errors"). */
  readonly quotesErrors: boolean;
  /**
   * A generator after one that was cancelled or has failed may begin with edits to the last value of that one (4.17 - 6.26;
   * "Edits").
   */
  readonly mixesRuns: boolean;
  /** The direct route answers JSON with the text "root=..." (5.49 - 5.50; "Join and stream"). */
  readonly spoilsDirectJson: boolean;
  /** How a job is cancelled (by event since 4.9, by session since 4.31, in the queue, too, since 6.14; "Cancelling"). */
  readonly cancels: CancelWay;
  /** `POST call/NAME` and `GET call/NAME/EVENT` serve programs that have no client (since 4.20; "Without a client"). */
  readonly callsByName: boolean;
  /** `POST call/v2/NAME` takes arguments by name and fills in the defaults (since 6.13; "Without a client"). */
  readonly namesArguments: boolean;
  /** The result of such a call is found if it was made in a session (since 6.25; "Without a client"). */
  readonly callsInSessions: boolean;
}

type Numbers = readonly [major: number, minor?: number, patch?: number];

/** Return the dialect of an app; an unknown version counts as the newest. */
export function dialectOf(protocol: Protocol, version: string): Dialect {
  // Up to 3.34 the version in /config ends with a newline.
  const release = version.trim();
  const [major, ...others] = (/^[\d.]+/.exec(release)?.[0] ?? "").split(".").map(Number);
  const rank = rankOf([major || Number.NaN, ...others]);
  const place = PROTOCOLS.indexOf(protocol);
  const wire = row((since: Protocol) => PROTOCOLS.indexOf(since) <= place);
  const app = row((since: Numbers) => !(rank < rankOf(since)));
  // Each row: how it was at first, then what it became, and since when.
  return {
    protocol,
    release,
    websocket: wire(true, ["sse", false]),
    resetsAlone: wire(false, ["sse", true], ["sse_v1", false]),
    sharesStream: wire(false, ["sse_v1", true]),
    sendsEdits: wire(false, ["sse_v2", true]),
    closesExplicitly: wire(false, ["sse_v3", true]),
    pollsQueue: wire(true, ["sse", false]) && app(true, [[3, 1, 5], false]),
    fileForm: app("inline", [[3, 19], "named"], [[4], "file data"]),
    imageForm: app("data uri", [[4], "file data"]),
    fileMark: app("is_file", [[4], "fields"], [[4, 21], "meta"]),
    checksFiles: app(false, [[5, 49], true]),
    inlineResults: app(true, [[4], false]),
    tellsGenerators: app(false, [[3, 20], true]),
    queueMayStop: app(false, [[4], true], [[4, 16], false]),
    mixesBatches: app(true, [[4, 20], false]),
    quotesErrors: app(true, [[5, 2], false]),
    mixesRuns: app(false, [[4, 17], true], [[6, 27], false]),
    spoilsDirectJson: app(false, [[5, 49], true], [[6], false]),
    cancels: app("connection", [[4, 9], "reset"], [[4, 31], "running"], [[6, 14], "session"]),
    callsByName: app(false, [[4, 20], true]),
    namesArguments: app(false, [[6, 13], true]),
    callsInSessions: app(false, [[6, 25], true]),
  };
}

/** Return what finds the value of a row of the table for one app. */
function row<Since>(reached: (since: Since) => boolean) {
  return <T>(first: T, ...changes: [since: Since, then: T][]): T => {
    let value = first;
    for (const [since, then] of changes) if (reached(since)) value = then;
    return value;
  };
}

/** Return a version as one number: 6031000; NaN if it is unknown. */
function rankOf([major = Number.NaN, minor = 0, patch = 0]: readonly (number | undefined)[]): number {
  return (major * 1e3 + minor) * 1e3 + patch;
}

/** Return the dialect of the app that `config` is of; a protocol that is not known counts as the newest that is. */
export function readDialect({ protocol = PROTOCOLS[0], version }: JsonObject): Dialect {
  const known = PROTOCOLS.find((one) => one === protocol) ?? (PROTOCOLS.at(-1) as Protocol);
  return dialectOf(known, asText(version) ?? "");
}

/** Tell whether gradlink supports the protocol that /config announces; a newer one of its family counts as the newest. */
export function isSpoken(announced: JsonValue | undefined): boolean {
  return PROTOCOLS.some((one) => one === announced) || asText(announced)?.startsWith("sse_v") === true;
}
