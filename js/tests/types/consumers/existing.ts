// A program that is moved from the existing client piece by piece: files of one are files of the other.

import type { FileData as Theirs } from "@gradio/client";
import type { Client, FileData as Ours } from "gradlink";

type IsAny<T> = 0 extends 1 & T ? true : false;
function deny<_T extends false>(): void {}
deny<IsAny<Theirs>>();

export const literal: Theirs = {
  path: "/tmp/a.txt",
  url: "https://host/gradio_api/file=/tmp/a.txt",
  orig_name: "a.txt",
  size: 5,
  is_stream: false,
  mime_type: "text/plain",
  meta: { _type: "gradio.FileData" },
};
export const same: Ours = literal;
export const shortest: Ours = { path: "/tmp/a.txt", meta: { _type: "gradio.FileData" } };

export async function use(app: Client, blob: File): Promise<string> {
  await app.upload([{ ...literal, blob }]);
  return await app.read(literal).text();
}
