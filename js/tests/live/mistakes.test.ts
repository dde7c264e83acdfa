// What an app is certain to refuse is not sent, and what it says of the rest tells what was probably meant.

import { inspect } from "node:util";
import { AppError, ArgumentError, Client, handle_file } from "gradlink";
import { expect, test } from "vitest";
import { server } from "../server/servers.ts";
import { connect, failureOf } from "./given.ts";

/** A WAV of one second of silence. */
function wav(): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(8044));
  for (const [place, text] of [
    [0, "RIFF"],
    [8, "WAVEfmt "],
    [36, "data"],
  ] as const)
    for (const [index, letter] of [...text].entries()) view.setUint8(place + index, letter.charCodeAt(0));
  return new Uint8Array(view.buffer);
}

test.each([
  ["/image_flip", ["in.png"], "/image_flip: image is a file: did you mean handle_file('in.png')?"],
  ["/image_flip", { image: "https://x.y/in.png" }, "did you mean handle_file('https://x.y/in.png')?"],
  ["/image_flip", [["in.png"]], "/image_flip: image is one file: did you mean handle_file('in.png')?"],
  ["/files_info", ["a.txt"], "/files_info: files is a list of files: did you mean [handle_file('a.txt')]?"],
  [
    "/files_info",
    [handle_file(wav())],
    "/files_info: files is a list of files: put the one in brackets, [...]",
  ],
  [
    "/multimodal",
    ["hi"],
    "/multimodal: message is a text with files: did you mean {'text': 'hi', 'files': []}?",
  ],
])("%s of %j is not sent", async (name, given, text) => {
  const base = await server();
  const client = await connect(base.url);
  const before = (await base.requests()).length;
  for (const call of [() => client.predict(name, given), () => client.submit(name, given)]) {
    const error = await failureOf(call);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(text);
    expect(error).toMatchObject({ endpoint: name, execution: "not started" });
  }
  const later = await base.requests(before);
  expect(later.filter(({ path }) => /join|upload|run/.test(path))).toEqual([]);
});

test("a number as text is sent, and an error of the app says what was probably meant", async () => {
  const client = await connect((await server("hideerr")).url);
  expect((await client.predict("/fast_count", ["x", "2"])).data).toHaveLength(1);
  for (const name of ["/counter", "/fast_counter"]) {
    const error = (await failureOf(() => client.predict(name, ["3"]))) as unknown as AppError;
    expect(error).toBeInstanceOf(AppError);
    expect(`${error}`).toMatch(/^AppError: \/\w+: the app raised .* \(n is a number: did you mean 3\?\)$/);
    expect(error.hint).toBe("n is a number: did you mean 3?");
    expect(error.message).toMatch(
      /^the app raised an exception and hides its details; .* raising gr\.Error$/,
    );
  }
});

test.each(["/err", "/fast_err"])(
  "%s: the text names the endpoint and the title, the message is the app's",
  async (name) => {
    const client = await connect((await server()).url);
    const error = await failureOf(() => client.predict(name, ["x"]));
    expect(error.message).toBe("user error: x");
    expect(`${error}`).toBe(`AppError: ${name}: Oops: user error: x`);
    expect(error["said"]).toBe("user error: x");
    // What Node prints of it, and what logs keep.
    expect(inspect(error)).toMatch(new RegExp(`^AppError: ${name}: Oops: user error: x\n`));
    expect(error.stack).toMatch(new RegExp(`^AppError: ${name}: Oops: user error: x\n *at `));
  },
);

test("an error without a text says so", async () => {
  const base = await server();
  const client = await connect(base.url);
  await base.answer("/gradio_api/run/predict", 500, JSON.stringify({ error: "", title: "Error" }));
  const error = await failureOf(() => client.predict("/fast", ["x"]));
  expect(error.message).toBe("the app raised an error without a text (AppError)");
  expect(`${error}`).toBe("AppError: /fast: the app raised an error without a text (AppError)");
});

test("what has no name is sent under one with the suffix of what it is", async () => {
  const client = await connect((await server()).url);
  const names = async (...files: unknown[]) =>
    ((await client.predict<[{ name: string }[]]>("/files_info", [files])).data[0] ?? []).map(
      ({ name }) => name,
    );
  const stream = () => new Blob([wav()]).stream();
  expect(await names(wav(), wav().buffer, stream())).toEqual(Array(3).fill("file.wav"));
  expect(await names(new Blob([wav()]), handle_file(wav()))).toEqual(["blob.wav", "blob.wav"]);
  expect(await names(new Blob(["?"], { type: "audio/ogg;codecs=opus" }))).toEqual(["blob.ogg"]);
  expect(await names(new File([wav()], "talk"))).toEqual(["talk"]);
  expect(await names(new Blob(["text"]))).toEqual(["blob"]);
});

test("a call that was made already is not refused when the app has been restarted", async () => {
  const client = await Client.connect((await server()).url);
  // biome-ignore lint/suspicious/noExplicitAny: how a call is bound again is nobody's but the connection's.
  const { connection } = client as any;
  const [endpoint] = [...connection.schema.endpoints.values()].filter(({ title }) => title === "/image_flip");
  expect(connection.bind(endpoint, ["in.png"], true).data).toEqual(["in.png"]);
  await client.close();
});
