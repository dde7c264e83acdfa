/**
 * Messages of the server, decoded once into one shape per `msg`.
 *
 * A field of a wrong type counts as missing. Wire: the fields by version stand in docs/protocol.md. Vectors: messages.
 */

import { GradlinkError, ProtocolError } from "../errors.ts";
import {
  asInt,
  asList,
  asNumber,
  asObject,
  asText,
  decode,
  isObject,
  type JsonObject,
  type JsonValue,
} from "./jsonvalue.ts";

/** One bar of `gr.Progress`, the outermost first. */
export interface ProgressUnit {
  /** Steps done so far, null if the app only gave a fraction. */
  index: number | null;
  /** Steps in all, null if unknown. */
  length: number | null;
  /** What is counted, such as "steps". */
  unit: string | null;
  /** Fraction from 0 to 1, null if the app counts steps. */
  progress: number | null;
  /** Text beside the bar. */
  desc: string | null;
}

/** A call of `gr.Info`, `gr.Warning` or `gr.Success`; `duration` null means until it is closed. */
export interface LogEntry {
  message: string;
  level: string;
  title: string | undefined;
  duration: number | undefined;
  visible: boolean;
}

interface Of<Name extends string> {
  msg: Name;
  event_id: string | undefined;
}

/** 3.x asks which function and session this socket is for (`send_hash`), and for the data (`send_data`, also 4.0 – 4.8). */
export type SendHash = Of<"send_hash">;
export type SendData = Of<"send_data">;
/** 3.x and 4.0 – 4.8: the job was not accepted. */
export type QueueFull = Of<"queue_full">;
export type HeartbeatMessage = Of<"heartbeat">;
/** No job of the session is pending, the server ends the stream (since 4.22). */
export type CloseStream = Of<"close_stream">;

/** The job waits; `rank` 0 is next, `eta` in seconds. */
export interface Estimation extends Of<"estimation"> {
  rank: number | undefined;
  queue_size: number | undefined;
  eta: number | undefined;
}

/** The function starts; `eta` in seconds, undefined before any call of it has ended. */
export interface ProcessStarts extends Of<"process_starts"> {
  eta: number | undefined;
}

export interface Progress extends Of<"progress"> {
  units: ProgressUnit[];
}

export interface Log extends Of<"log"> {
  log: LogEntry;
}

/** A value of a generator: one entry per output; the first time values, then (sse_v2 and later) lists of edits. */
export interface ProcessGenerating extends Of<"process_generating"> {
  data: JsonValue[];
  output: JsonObject;
  success: boolean;
  /** It was `process_streaming`, whose data always are values. */
  streaming: boolean;
  /** It brings a new layout (`gr.render`). */
  renders: boolean;
  /** The whole message, for what is only shown. */
  raw: JsonObject;
}

/** The job has ended; `data` is undefined if it was cancelled or has failed. */
export interface ProcessCompleted extends Of<"process_completed"> {
  data: JsonValue[] | undefined;
  output: JsonObject;
  success: boolean;
  renders: boolean;
  title: string | undefined;
  /** The whole message, for what is only shown. */
  raw: JsonObject;
}

/** The stream itself has failed; `session_not_found` if the server does not know the session. */
export interface UnexpectedError extends Of<"unexpected_error"> {
  message: string;
  session_not_found: boolean;
}

/** A message of a job that cannot be read, which ends the job with `error`; `isEnd` if it was the job's last one. */
export interface Unreadable extends Of<"unreadable"> {
  error: GradlinkError;
  isEnd: boolean;
}

/** A message; one of another `msg` is of a kind that this version of gradlink does not know, and is ignored. */
export type Message =
  | SendHash
  | SendData
  | QueueFull
  | HeartbeatMessage
  | CloseStream
  | Estimation
  | ProcessStarts
  | Progress
  | Log
  | ProcessGenerating
  | ProcessCompleted
  | UnexpectedError
  | Unreadable;

// Gradio writes both before anything that an app says, and in a string the quotes would be escaped.
const EVENT_ID = /"event_id": ?"([^"\\]{1,99})"/;
const LAST = /"msg": ?"process_completed"/;

/** Return what `error` means, for which `text` could not be decoded: the end of one job. Throws it if none is named. */
export function unreadable(text: string, error: unknown): Unreadable {
  const event_id = EVENT_ID.exec(text)?.[1];
  if (event_id === undefined || !(error instanceof GradlinkError)) throw error;
  return { msg: "unreadable", event_id, error, isEnd: LAST.test(text) };
}

/**
 * Return the message that `text` (one server-sent event or WebSocket frame) stands for.
 *
 * @throws ProtocolError if it is not a JSON object with a `msg`.
 */
export function decodeMessage(text: string): Message {
  // A proxy keeps a connection with an event that says nothing.
  if (!text) return readMessage({ msg: "" });
  const raw = decode(text, "a message");
  if (!isObject(raw) || typeof raw["msg"] !== "string") {
    throw new ProtocolError(`a message has no 'msg': ${JSON.stringify(text.slice(0, 200))}`);
  }
  return readMessage(raw);
}

/** Return `raw` as the shape of its `msg`. */
export function readMessage(raw: JsonObject): Message {
  const msg = raw["msg"] as string;
  const event_id = asText(raw["event_id"]);
  switch (msg) {
    case "process_generating":
    case "process_streaming": {
      const output = asObject(raw["output"]);
      return {
        msg: "process_generating",
        event_id,
        data: asList(output["data"]),
        output,
        success: raw["success"] !== false,
        streaming: msg === "process_streaming",
        renders: !!output["render_config"],
        raw,
      };
    }
    case "process_completed": {
      const output = asObject(raw["output"]);
      const data = output["data"];
      return {
        msg,
        event_id,
        data: Array.isArray(data) ? data : undefined,
        output,
        success: raw["success"] !== false,
        renders: !!output["render_config"],
        title: asText(raw["title"]),
        raw,
      };
    }
    case "estimation": {
      const [rank, queue_size] = [asInt(raw["rank"]), asInt(raw["queue_size"])];
      return { msg, event_id, rank, queue_size, eta: asNumber(raw["rank_eta"]) };
    }
    case "process_starts":
      return { msg, event_id, eta: asNumber(raw["eta"]) };
    case "progress":
      return { msg, event_id, units: asList(raw["progress_data"]).map(progressUnit) };
    case "log":
      return { msg, event_id, log: logEntry(raw) };
    case "unexpected_error": {
      const message = asText(raw["message"]) || "the server gave no reason";
      // Before 5.38 only the text tells: "404: Session not found."
      const session_not_found = raw["session_not_found"] === true || /session not found/i.test(message);
      return { msg, event_id, message, session_not_found };
    }
    default:
      // Those without further fields, and those that this version does not know.
      return { msg, event_id } as HeartbeatMessage;
  }
}

/**
 * Tell whether one event ended twice, which breaks the stream of servers before 5.46 and nothing else.
 *
 * It is a KeyError of the server: the text is the event id in quotes. The session's jobs go on, and a new stream
 * brings everything that has not been read. Seen on 4.31.5, 4.44.1 and 5.0.2.
 */
export function isSecondEnd(message: UnexpectedError): boolean {
  return /^'[0-9a-f]{32}'$/.test(message.message);
}

function progressUnit(value: JsonValue): ProgressUnit {
  const raw = asObject(value);
  return {
    index: asNumber(raw["index"]) ?? null,
    length: asNumber(raw["length"]) ?? null,
    unit: asText(raw["unit"]) ?? null,
    progress: asNumber(raw["progress"]) ?? null,
    desc: asText(raw["desc"]) ?? null,
  };
}

function logEntry(raw: JsonObject): LogEntry {
  const text = raw["log"] ?? "";
  return {
    message: typeof text === "object" ? JSON.stringify(text) : `${text}`,
    level: asText(raw["level"]) || "info",
    title: asText(raw["title"]),
    duration: asNumber(raw["duration"]),
    visible: raw["visible"] !== false,
  };
}
