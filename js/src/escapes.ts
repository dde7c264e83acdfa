/**
 * Text of an app made safe to show: control characters, invisible order marks and half characters escaped.
 *
 * An app is not trusted. Raw, its text could move the cursor, change the title or the clipboard of a terminal, reorder
 * what is read (bidirectional controls), or begin a line of a log that looks like another one. The escapes are those of
 * Python's client: `\x1b`, `\u202e`.
 */

// C0 and C1 controls and DEL, the bidirectional controls, the line and paragraph separators, lone surrogates. Not the
// other invisible characters: emoji and several scripts need joiners.
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Return `text` on one line, safe to show; escaping twice changes nothing more. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** Return `text` safe to show, with its line feeds and tabs kept. */
export function lines(text: string): string {
  return text.replace(UNSAFE, (letter) => (letter === "\n" || letter === "\t" ? letter : escaped(letter)));
}

function escaped(letter: string): string {
  const code = letter.charCodeAt(0);
  const [sign, digits] = code < 0x100 ? ["x", 2] : ["u", 4];
  return SHORT[letter] ?? `\\${sign}${code.toString(16).padStart(digits as number, "0")}`;
}
