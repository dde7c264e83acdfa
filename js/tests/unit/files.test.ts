// What counts as a file, and where files are fetched.

import { expect, test } from "vitest";
import { readable } from "../../src/client/downloads.ts";
import { FileData, FileError, handle_file } from "../../src/index.node.ts";
import { handle_file as universal } from "../../src/index.ts";
import { LocalFile, readFile } from "../../src/protocol/filedata.ts";
import { typeOfName } from "../../src/protocol/filenames.ts";

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

test("what is not a file stays as it is", () => {
  expect(readFile({ path: "x" })).toBeUndefined();
  expect(readFile([1])).toBeUndefined();
  expect(readFile(new FileData({ path: "x", url: "https://example.org/x" }))).toBeUndefined();
});

test("what is not a file of an app cannot be read", () => {
  for (const value of [null, "x", 5, {}, { path: 5 }, new Blob(["x"]), new File(["x"], "path")])
    expect(() => readable(value), String(value)).toThrow(FileError);
  expect(readable({ path: "x" })).toEqual({ path: "x" });
});

test("FileData makes plain data, and knows its copies", () => {
  const file = new FileData({ path: "x", url: "https://example.org/x" });
  expect(Object.getPrototypeOf(file)).toBe(Object.prototype);
  for (const copy of [file, structuredClone(file), JSON.parse(JSON.stringify(file)), new Proxy(file, {})])
    expect(copy).toBeInstanceOf(FileData);
  for (const other of [null, "x", [], {}, { meta: { _type: "another" } }, { path: "x", url: "y" }])
    expect(other).not.toBeInstanceOf(FileData);
});

test("types by name", () => {
  expect(typeOfName("a.PNG")).toBe("image/png");
  expect(typeOfName("a")).toBe("application/octet-stream");
});
