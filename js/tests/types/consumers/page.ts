// A program in a page.

import { Client, FileData, handle_file } from "gradlink";

export async function use(input: HTMLInputElement, signal: AbortSignal): Promise<Blob> {
  const app = await Client.connect(location.href, { credentials: "include", fetch });
  const files = [...(input.files ?? [])].map((file) => handle_file(file));
  const { data } = await app.predict("/files", [files, new Blob(["b"]), new File([], "c")], {
    signal,
    timeout: 3,
  });
  const [file] = data;
  if (!(file instanceof FileData)) throw new Error("no file");
  const image = document.createElement("img");
  image.src = file.url ?? "";
  const stream: ReadableStream<Uint8Array> = app.read(file).stream();
  await stream.cancel();
  return await app.read(file).blob();
}

export class Recording extends Client {
  override fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    return super.fetch(input, init);
  }

  override close(): Promise<void> {
    return super.close();
  }
}
