/** Gradio versions and the six protocols that they speak. */

export type Protocol = "ws" | "sse" | "sse_v1" | "sse_v2" | "sse_v2.1" | "sse_v3";

/** A Gradio version such as 6.31.0. */
export class AppVersion {
  declare readonly text: string;
  /** The version as one number: 6031000; NaN if it is unknown. */
  declare readonly rank: number;

  constructor(text: string) {
    // Up to 3.34 the version in /config ends with a newline.
    this.text = text.trim();
    const [major, minor = 0, patch = 0] = (/^[\d.]+/.exec(this.text)?.[0] ?? "").split(".").map(Number);
    this.rank = rankOf(major || Number.NaN, minor, patch);
  }

  /** Tell whether this version is the given one or newer; an unknown version counts as newest. */
  atLeast(major: number, minor = 0, patch = 0): boolean {
    return !(this.rank < rankOf(major, minor, patch));
  }
}

function rankOf(major: number, minor: number, patch: number): number {
  return (major * 1e3 + minor) * 1e3 + patch;
}

/** `process_generating` carries edits after the first full value (since 4.17). */
export function sendsEdits(protocol: Protocol): boolean {
  return protocol > "sse_v1" && protocol !== "ws";
}

/** All jobs of a session come on one stream (since 4.9). */
export function sharesStream(protocol: Protocol): boolean {
  return protocol !== "ws" && protocol !== "sse";
}
