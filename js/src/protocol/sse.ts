/**
 * Server-sent events, taken apart: chunks of text in, the data of messages out.
 *
 * Wire: the WHATWG's HTML standard, "Interpreting an event stream". Vectors: events.
 */

/**
 * Reads one stream, whose text comes of a `TextDecoder`: that drops the mark at its beginning.
 *
 * What no message needs is passed over: ids, the time before a reconnection, and events of another name, which a page that
 * listens to messages does not hear either.
 */
export class EventDecoder {
  /** Pieces of a line that is not complete yet; joined once, so that a large message costs linear time. */
  private pieces: string[] = [];
  private data: string | undefined;
  /** The event has a name of its own. */
  private named = false;
  /** The last chunk ended with CR, which has ended a line: an LF that follows belongs to it. */
  private afterCr = false;

  /** Take the next chunk; return the data of the messages that it completes. */
  push(chunk: string): string[] {
    const messages: string[] = [];
    if (!chunk) return messages;
    let start = this.afterCr && chunk.startsWith("\n") ? 1 : 0;
    this.afterCr = false;
    let [lf, cr] = [chunk.indexOf("\n", start), chunk.indexOf("\r", start)];
    while (lf >= 0 || cr >= 0) {
      const isCr = lf < 0 || (cr >= 0 && cr < lf);
      const end = isCr ? cr : lf;
      this.take(this.lineOf(chunk.slice(start, end)), messages);
      start = end + 1;
      if (isCr && start === chunk.length) this.afterCr = true;
      else if (isCr && lf === start) start += 1;
      // Each end is searched once: a chunk without CR is not searched for it again.
      if (isCr) cr = chunk.indexOf("\r", start);
      if (lf >= 0 && lf < start) lf = chunk.indexOf("\n", start);
    }
    if (start < chunk.length) this.pieces.push(chunk.slice(start));
    return messages;
  }

  private lineOf(end: string): string {
    if (!this.pieces.length) return end;
    const line = [...this.pieces, end].join("");
    this.pieces = [];
    return line;
  }

  private take(line: string, messages: string[]): void {
    if (!line) {
      if (this.data !== undefined && !this.named) messages.push(this.data);
      this.data = undefined;
      this.named = false;
    } else if (line.startsWith("data:") || line === "data") {
      const value = line.slice(line[5] === " " ? 6 : 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    } else if (line.startsWith("event:") || line === "event") {
      const name = line.slice(line[6] === " " ? 7 : 6);
      this.named = name !== "" && name !== "message";
    }
  }
}
