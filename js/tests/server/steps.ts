// Patterns as a backtracking engine plays them, with its steps counted: what a clock would only guess at.

/** What one part of a pattern matches. */
type Part =
  | { readonly kind: "letter"; readonly fits: RegExp; readonly source: string }
  | { readonly kind: "all"; readonly parts: Part[] }
  | { readonly kind: "any"; readonly parts: Part[] }
  | { readonly kind: "group"; readonly index: number; readonly part: Part }
  | {
      readonly kind: "repeat";
      readonly part: Part;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: "at"; readonly where: "^" | "$" | "\\b" }
  | { readonly kind: "again"; readonly index: number };

/** More steps were made than a linear pattern may make. */
export class TooManySteps extends Error {}

/** A pattern that counts its steps. */
export class Counted {
  readonly root: Part;
  readonly native: RegExp;
  #source: string;
  #place = 0;
  #groups = 0;
  #steps = 0;
  #most = 0;
  #text = "";
  #found: (readonly [number, number] | undefined)[] = [];

  constructor(native: RegExp) {
    this.native = native;
    this.#source = native.source;
    this.root = this.#any();
    if (this.#place < this.#source.length) throw new Error(`unknown part of a pattern: ${this.#rest()}`);
  }

  #rest(): string {
    return this.#source.slice(this.#place);
  }

  #take(pattern: RegExp): string | undefined {
    const found = new RegExp(`^(?:${pattern.source})`, "u").exec(this.#rest())?.[0];
    this.#place += found?.length ?? 0;
    return found;
  }

  #any(): Part {
    const parts = [this.#all()];
    while (this.#take(/\|/)) parts.push(this.#all());
    return parts.length === 1 ? (parts[0] as Part) : { kind: "any", parts };
  }

  #all(): Part {
    const parts: Part[] = [];
    while (this.#rest() && !/^[|)]/.test(this.#rest())) parts.push(this.#repeated(this.#one()));
    return { kind: "all", parts };
  }

  #repeated(part: Part): Part {
    const sign = this.#take(/[*+?]|\{\d+(?:,\d*)?\}/);
    if (!sign) return part;
    const [low, high] = { "*": [0], "+": [1], "?": [0, 1] }[sign] ?? bounds(sign);
    const lazy = this.#take(/\?/) !== undefined;
    return { kind: "repeat", part, min: low ?? 0, max: high ?? Number.POSITIVE_INFINITY, lazy };
  }

  #one(): Part {
    const where = this.#take(/\^|\$|\\b/);
    if (where) return { kind: "at", where: where as "^" };
    if (this.#take(/\(\?:/)) return this.#closed(this.#any());
    if (this.#take(/\((?!\?)/)) {
      this.#groups += 1;
      const index = this.#groups;
      return this.#closed({ kind: "group", index, part: this.#any() });
    }
    const again = this.#take(/\\[1-9]/);
    if (again) return { kind: "again", index: Number(again[1]) };
    const source = this.#take(
      /\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[pP]\{\w+\}|\\.|\[(?:\\.|[^\]\\])*\]|[^()|*+?{}]/,
    );
    if (!source) throw new Error(`unknown part of a pattern: ${this.#rest()}`);
    const flags = this.native.flags.replace(/[gy]/g, "");
    return { kind: "letter", fits: new RegExp(`^(?:${source})$`, flags), source };
  }

  #closed(part: Part): Part {
    if (!this.#take(/\)/)) throw new Error(`unclosed: ${this.#rest()}`);
    return part;
  }

  /** Return how many steps it takes to find all matches in `text`; throws TooManySteps beyond `most`. */
  steps(text: string, most: number): number {
    [this.#text, this.#steps, this.#most] = [text, 0, most];
    const { global, sticky } = this.native;
    const found: [number, number][] = [];
    for (let start = 0; start <= text.length; start++) {
      this.#found = [];
      let end = -1;
      const ends = (place: number) => {
        end = place;
        return true;
      };
      if (this.#plays(this.root, start, ends)) {
        found.push([start, end]);
        if (!global) break;
        start = Math.max(start, end - 1);
      }
      if (sticky) break;
    }
    this.#compare(found);
    return this.#steps;
  }

  /** Make sure that it finds what the runtime finds. */
  #compare(found: [number, number][]): void {
    const all = new RegExp(this.native.source, `${this.native.flags.replace(/[gy]/g, "")}g`);
    const real = [...this.#text.matchAll(all)].map(({ index, 0: text }) => [index, index + text.length]);
    const { global, sticky } = this.native;
    const wanted = sticky ? real.filter(([start]) => start === 0) : global ? real : real.slice(0, 1);
    if (
      JSON.stringify(wanted) !==
      JSON.stringify(found.filter(([a, b]) => a !== b || wanted.some(([c]) => c === a)))
    )
      throw new Error(
        `${this.native} finds ${JSON.stringify(wanted)}, counted were ${JSON.stringify(found)}`,
      );
  }

  #plays(part: Part, at: number, then: (place: number) => boolean): boolean {
    this.#steps += 1;
    if (this.#steps > this.#most) throw new TooManySteps();
    const text = this.#text;
    switch (part.kind) {
      case "letter":
        return at < text.length && part.fits.test(text[at] as string) && then(at + 1);
      case "all": {
        const next = (index: number, place: number): boolean => {
          const one = part.parts[index];
          return one ? this.#plays(one, place, (end) => next(index + 1, end)) : then(place);
        };
        return next(0, at);
      }
      case "any":
        return part.parts.some((one) => this.#plays(one, at, then));
      case "group":
        return this.#plays(part.part, at, (end) => {
          const before = this.#found[part.index];
          this.#found[part.index] = [at, end];
          if (then(end)) return true;
          this.#found[part.index] = before;
          return false;
        });
      case "again": {
        const [start, end] = this.#found[part.index] ?? [0, 0];
        const said = text.slice(start, end);
        return text.startsWith(said, at) && then(at + said.length);
      }
      case "at": {
        const word = (place: number) => /\w/.test(text[place] ?? " ");
        const holds =
          part.where === "^" ? at === 0 : part.where === "$" ? at === text.length : word(at - 1) !== word(at);
        return holds && then(at);
      }
      case "repeat":
        return this.#repeats(part, 0, at, then);
    }
  }

  #repeats(
    part: Part & { kind: "repeat" },
    count: number,
    at: number,
    then: (place: number) => boolean,
  ): boolean {
    const more = () =>
      count < part.max &&
      this.#plays(part.part, at, (end) => end > at && this.#repeats(part, count + 1, end, then));
    const enough = () => count >= part.min && then(at);
    return part.lazy ? enough() || more() : more() || enough();
  }

  /** Return texts of about `length` letters that lead as deep into the pattern as they can, over and over, and then fail. */
  hostileTexts(length: number): string[] {
    const letters = lettersOf(this.root);
    const spots: { before: string; inside: string[] }[] = [{ before: "", inside: letters }];
    collect(this.root, "", letters, spots);
    // By what they are made of, so that those of two lengths correspond.
    const texts = new Map<string, string>();
    for (const { before, inside } of spots) {
      for (const pump of inside) {
        const grown = (part: string) => part.repeat(Math.ceil(length / part.length));
        if (pump) {
          for (const [start, end] of ENDS)
            texts.set(`${start}${before}(${pump})*${end}`, start + before + grown(pump) + end);
          texts.set(`(${before}${pump}${pump})*`, grown(before + pump + pump));
        }
      }
    }
    return [...texts.values()];
  }
}

function bounds(sign: string): [number, number?] {
  const [low, high] = sign.slice(1, -1).split(",");
  if (high === undefined) return [Number(low), Number(low)];
  return high ? [Number(low), Number(high)] : [Number(low)];
}

/** What stands around a run: nothing, or something that no pattern wants. */
const ENDS = [
  ["", ""],
  ["", "\u0000"],
  ["\u0000", "\u0000"],
] as const;
const POOL = [..."aA10 _-\n/.\"\\:=;é{}<'[]?#%"];

/** Return letters that a pattern tells apart: those that it names, and some of each class. */
function lettersOf(part: Part): string[] {
  switch (part.kind) {
    case "letter":
      return samplesOf(part);
    case "all":
    case "any":
      return [...new Set(part.parts.flatMap(lettersOf))];
    case "group":
    case "repeat":
      return lettersOf(part.part);
    default:
      return [];
  }
}

function samplesOf({ fits, source }: Part & { kind: "letter" }): string[] {
  const own = source.length === 1 ? [source] : [source.replace(/^\\/, "").slice(0, 1)];
  const fitting = [...own, ...POOL].filter((letter) => fits.test(letter));
  // The first one, and one that stands for much else.
  return [...new Set([fitting[0], fitting.at(-1)])].filter((one): one is string => one !== undefined);
}

/** Return one text that a part matches, with each repetition made `times` times at least. */
function sample(part: Part, times: number): string {
  switch (part.kind) {
    case "letter":
      return samplesOf(part)[0] ?? "";
    case "all":
      return part.parts.map((one) => sample(one, times)).join("");
    case "any":
      return sample(part.parts[0] as Part, times);
    case "group":
      return sample(part.part, times);
    case "repeat":
      return sample(part.part, times).repeat(Math.min(Math.max(part.min, times), part.max));
    default:
      return "";
  }
}

/** Note for each repetition what leads to it, and what it may be made of. */
function collect(
  part: Part,
  before: string,
  letters: string[],
  spots: { before: string; inside: string[] }[],
): string {
  switch (part.kind) {
    case "all":
      return part.parts.reduce((said, one) => collect(one, said, letters, spots), before);
    case "any":
      for (const one of part.parts) collect(one, before, letters, spots);
      return before + sample(part, 1);
    case "group":
      return collect(part.part, before, letters, spots);
    case "repeat": {
      const own = lettersOf(part.part);
      const pairs = own.flatMap((one) => letters.slice(0, 6).map((other) => one + other));
      spots.push({ before, inside: [...own, sample(part.part, 1), sample(part.part, 2), ...pairs] });
      collect(part.part, before, letters, spots);
      return before + sample(part, 1);
    }
    default:
      return before + sample(part, 1);
  }
}
