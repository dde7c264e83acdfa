// What the page is given, and what its parts give each other: document.py, telling.py and giving.py say it in Python.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Snippet {
  language: string;
  title: string;
  code: string;
  impossible: string;
}

export interface Choice {
  label: string;
  value: Json;
}

export interface Parameter {
  name: string;
  label: string;
  component: string;
  type: string;
  required: boolean;
  default: Json;
  default_text: string;
  default_long: boolean;
  control: string;
  choices: Choice[];
  custom: boolean;
  multiple: boolean;
  minimum: number | null;
  maximum: number | null;
  step: number | null;
  whole: boolean;
  file_types: string[];
  info: string;
  note: string;
  placeholder: string;
}

export interface Returned {
  label: string;
  type: string;
  component: string;
}

export interface Example {
  label: string;
  values: { [name: string]: Json };
  snippets?: Snippet[];
}

export interface Endpoint {
  id: number;
  name: string | null;
  title: string;
  slug: string;
  group: string;
  description: string;
  streams: boolean;
  queued: boolean;
  state: boolean;
  batch: boolean;
  live: boolean;
  login: string;
  parameters: Parameter[];
  returns: Returned[];
  examples: Example[];
  snippets?: Snippet[];
}

export interface AppDocument {
  title: string;
  source: string;
  url: string;
  version: string;
  protocol: string;
  max_file_size: number | null;
}

export interface PageDocument {
  app: AppDocument;
  endpoints: Endpoint[];
  live: boolean;
}

/** A file of a result, as this server has it. */
export interface ResultFile {
  gradlink_file: string;
  name: string;
  media: string;
}

export interface ProgressUnit {
  index: number | null;
  length: number | null;
  unit: string;
  progress: number | null;
  desc: string;
}

export interface Failure {
  kind: string;
  title: string;
  text: string;
  problems: { [name: string]: string };
  app: boolean;
  execution: string | null;
}

export type CallEvent =
  | { type: "sent"; call: string }
  | { type: "status"; code: string; rank: number | null; queue_size: number | null; eta: number | null }
  | { type: "progress"; units: ProgressUnit[] }
  | { type: "log"; level: string; title: string; message: string; visible: boolean }
  | { type: "output"; index: number; values: Json[]; cut: boolean }
  | { type: "done"; success: boolean; cancelled: boolean; error: Failure | null };

/** What a form has for a parameter. */
export interface Control {
  element: HTMLElement;
  /** Its value as JSON, null if none is given. Throws an Error that says why there is none. */
  read(): string | null;
  set(value: Json): void;
}

/** What a control is made with. */
export interface Drawing {
  parameter: Parameter;
  /** The id of its element that takes the focus. */
  id: string;
  /** The ids of what describes it. */
  described: string;
  changed(): void;
  live: boolean;
}
