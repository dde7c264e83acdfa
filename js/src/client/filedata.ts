/** Files of results, and of arguments. */

import { FileError } from "../errors.ts";
import { META } from "../protocol/filedata.ts";
import type { BlobLike, FetchBlob, FetchStream } from "../types.ts";

/** What a file is made of; see `FileData`. */
export interface FileDataFields {
  path: string;
  url?: string | null | undefined;
  orig_name?: string | null | undefined;
  size?: number | null | undefined;
  blob?: FetchBlob | BlobLike | undefined;
  is_stream?: boolean | null | undefined;
  mime_type?: string | null | undefined;
  alt_text?: string | null | undefined;
  b64?: string | null | undefined;
}

/** How a file of a result is read. */
export interface FileReader {
  /** Yields its bytes; `typed` is told its type. */
  chunks(file: FileData, typed?: (type: string) => void): AsyncGenerator<Uint8Array, void, undefined>;
  save(path: string, file: FileData): Promise<void>;
}

/** What reads the files of results: not a part of them, since they are data. */
const readers: WeakMap<FileData, FileReader> = new WeakMap();

/** A file in a value: an object with Gradio's keys. Those of results can be read and stored. */
export class FileData {
  /** The file's name on the server, or its address elsewhere. */
  declare path: string;
  /** Where it can be fetched. */
  declare url?: string;
  /** Its name for people. */
  declare orig_name?: string;
  declare size?: number;
  declare mime_type?: string;
  declare is_stream?: boolean;
  declare alt_text?: string;
  declare b64?: string;
  readonly meta: { _type: string } = { _type: META };

  constructor(fields: FileDataFields) {
    const { url, blob, ...rest } = fields;
    // A file that has an address is not sent once more.
    Object.assign(this, rest, url ? { url } : blob ? { blob } : {});
  }

  /** Read the file. A file that is to be sent has its content here instead. */
  async blob(): Promise<FetchBlob> {
    const parts: ArrayBuffer[] = [];
    let type = this.mime_type ?? "";
    const typed = (found: string) => {
      type ||= found;
    };
    for await (const part of readerOf(this).chunks(this, typed)) parts.push(part as unknown as ArrayBuffer);
    return new Blob(parts, { type }) as FetchBlob;
  }

  /** Read the file as text. */
  async text(): Promise<string> {
    return await ((await this.blob()) as BlobLike).text();
  }

  /** Read the file bit by bit. */
  stream(): FetchStream {
    const source = readerOf(this).chunks(this);
    const stream = new ReadableStream({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return(undefined);
      },
    });
    return stream as unknown as FetchStream;
  }

  /** Store the file at a path of this machine (Node, Deno, Bun). */
  async save(path: string): Promise<void> {
    await readerOf(this).save(path, this);
  }
}

/** Return the file of a result that `fields` describe, which `reader` reads. */
export function resultFile(fields: object, reader: FileReader): FileData {
  const file = Object.assign(new FileData({} as FileDataFields), fields);
  readers.set(file, reader);
  return file;
}

function readerOf(file: FileData): FileReader {
  const reader = readers.get(file);
  if (reader) return reader;
  throw new FileError("only files of a result can be read: this one belongs to no client");
}
