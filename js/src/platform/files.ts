/** Files of this machine, for Node, Deno and Bun; their module is loaded when a file is first used. */

import { FileError } from "../errors.ts";
import { typeOfName } from "../protocol/filenames.ts";
import type { BlobLike, Platform } from "../types.ts";

/** Reads and writes files by path, and opens sockets with headers. */
export const node: Platform = {
  async socket(url, headers, signal, limits) {
    const { openSocket } = await import("./socket.ts");
    return await openSocket(url, headers, signal, limits);
  },

  async fetchPublic(url, init) {
    const { fetchPublic } = await import("./public.ts");
    return await fetchPublic(url, init);
  },

  async open(path: string): Promise<BlobLike> {
    const fs = await import("node:fs");
    try {
      const file = await fs.promises.stat(path);
      if (!file.isFile()) throw new Error("it is not a file");
      // Read while it is sent, where the runtime can; it says 0 of what has no size.
      const type = typeOfName(path);
      if (fs.openAsBlob && file.size) return await fs.openAsBlob(path, { type });
      return new Blob([await fs.promises.readFile(path)], { type });
    } catch (cause) {
      throw new FileError(`the file ${JSON.stringify(path)} cannot be read: ${(cause as Error).message}`, {
        cause,
        execution: "not started",
      });
    }
  },
  async save(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { open, rm } = await import("node:fs/promises");
    const file = await open(path, "w");
    try {
      for await (const part of content) await file.write(part);
      await file.close();
    } catch (error) {
      await file.close();
      // Half a file would be taken for a whole one.
      await rm(path, { force: true });
      throw error;
    }
  },
};
