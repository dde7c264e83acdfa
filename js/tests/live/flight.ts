// What a server component of React sends to the page: run with `--conditions react-server`, as React wants it.

import { Client } from "../../src/index.node.ts";

interface Flight {
  renderToReadableStream(value: unknown, manifest: object, options: object): ReadableStream<Uint8Array>;
}

const [, , url = ""] = process.argv;
// It has no types.
const flight = (await import("react-server-dom-webpack/server.node" as string)) as Flight;
const said: string[] = [];
console.error = (...words: unknown[]) => void said.push(words.map(String).join(" "));
const client = await Client.connect(url);
const results = [
  await client.predict("/make_file", ["a.txt", "content"]),
  await client.predict("/make_files", [2]),
  await client.view_api(),
];
await client.close();
const onError = (error: unknown) => void said.push(String(error));
const text = await new Response(flight.renderToReadableStream(results, {}, { onError })).text();
process.stdout.write(JSON.stringify({ text, said }));
