// What counts as a file, and where files are fetched.

import { expect, test } from "vitest";
import { FileData, FileError, handle_file } from "../../src/index.node.ts";
import { handle_file as universal } from "../../src/index.ts";
import { LocalFile, readFile } from "../../src/protocol/filedata.ts";
import { typeOfName } from "../../src/protocol/mime.ts";

test("an address is sent as it is, with the name in it", () => {
  const file = handle_file("https://example.org/a%20b.png?z=1");
  expect(file).toBeInstanceOf(FileData);
  expect({ ...file }).toEqual({
    path: "https://example.org/a%20b.png?z=1",
    url: "https://example.org/a%20b.png?z=1",
    orig_name: "a b.png",
    meta: { _type: "gradio.FileData" },
  });
});

test("a path is a file in Node, and a mistake elsewhere", () => {
  expect(handle_file("./folder/a.txt")).toMatchObject({ source: "./folder/a.txt", name: "a.txt" });
  expect(() => universal("./folder/a.txt")).toThrow(FileError);
});

test("bytes are copied when they are given", async () => {
  const bytes = new TextEncoder().encode("before");
  const file = readFile(bytes) as LocalFile;
  bytes.fill(0);
  expect(file).toBeInstanceOf(LocalFile);
  expect(await (file.source as Blob).text()).toBe("before");
});

test("what is no file stays as it is", () => {
  expect(readFile({ path: "x" })).toBeUndefined();
  expect(readFile([1])).toBeUndefined();
  expect(readFile(new FileData({ path: "x", url: "https://example.org/x" }))).toBeUndefined();
});

test("a file that belongs to no client cannot be read", async () => {
  await expect(new FileData({ path: "x" }).blob()).rejects.toThrow(FileError);
  await expect(new FileData({ path: "x" }).save("y")).rejects.toThrow(FileError);
});

test("types by name", () => {
  expect(typeOfName("a.PNG")).toBe("image/png");
  expect(typeOfName("a")).toBe("application/octet-stream");
});
