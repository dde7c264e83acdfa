/** Bodies of answers of any `fetch`: streams of the web, or of Node, which node-fetch gives. */

/** What a body is read with. */
export interface Reader {
  read(): Promise<{ done?: boolean | undefined; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
}

/** Return what reads a body bit by bit, undefined if there is none, or it cannot be read so. */
export function readerOf(body: unknown): Reader | undefined {
  if (typeof body !== "object" || !body) return undefined;
  if ("getReader" in body) return (body as { getReader(): Reader }).getReader();
  if (!(Symbol.asyncIterator in body)) return undefined;
  const parts = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  // A generator that waits for a part only ends after it, a stream of Node at once.
  const cancel = async () => {
    (body as { destroy?(): void }).destroy?.();
    return await parts.return?.();
  };
  return { read: () => parts.next(), cancel };
}

/** Give a body up that nobody reads. */
export async function dropBody(body: unknown): Promise<void> {
  await readerOf(body)
    ?.cancel()
    .catch(() => {});
}
