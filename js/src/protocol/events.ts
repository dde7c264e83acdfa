/** Server-sent events, taken apart: chunks of text in, the data of events out. */

/** Reads one stream. Only `\n` ends a line: U+2028 and lone `\r` are ordinary letters of JSON. */
export class EventDecoder {
  /** Pieces of a line that is not complete yet; joined once, so that a large message costs linear time. */
  private pieces: string[] = [];
  private data: string | undefined;

  /** Take the next chunk; return the data of the events that it completes. */
  push(chunk: string): string[] {
    const events: string[] = [];
    let start = 0;
    let end = chunk.indexOf("\n");
    while (end >= 0) {
      let line = chunk.slice(start, end);
      if (this.pieces.length) {
        this.pieces.push(line);
        line = this.pieces.join("");
        this.pieces = [];
      }
      this.take(line, events);
      start = end + 1;
      end = chunk.indexOf("\n", start);
    }
    if (start < chunk.length) this.pieces.push(chunk.slice(start));
    return events;
  }

  private take(given: string, events: string[]): void {
    const line = given.endsWith("\r") ? given.slice(0, -1) : given;
    if (!line) {
      if (this.data !== undefined) events.push(this.data);
      this.data = undefined;
    } else if (line.startsWith("data:")) {
      const value = line.slice(line[5] === " " ? 6 : 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    }
  }
}
