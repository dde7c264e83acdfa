// A program in Node.

import { Buffer } from "node:buffer";
import { Client, FileData, handle_file } from "gradlink";

export async function use(token: string | undefined): Promise<void> {
  const app = await Client.connect("http://127.0.0.1:7860", token === undefined ? {} : { token });
  const inputs = [handle_file("./a.png"), handle_file(Buffer.from("b")), Buffer.from("c")];
  const { data } = await app.predict("/files", inputs, undefined, { signal: AbortSignal.timeout(1000) });
  const [file] = data;
  if (file instanceof FileData) await app.read(file).save("/tmp/x");
  await using job = app.submit("/count", ["a"]);
  await job.result();
}
