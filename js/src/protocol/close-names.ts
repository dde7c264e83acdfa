/** Which of several names was probably meant by one that is none of them. */

// Of two names the characters that are in both, in order, make up that much at least.
const LEAST = 0.6;
const LONGEST = 100;

/** Return the one of `names` that is most like `word`, undefined if none is: what Python's difflib finds. */
export function closest(word: string, names: Iterable<string>): string | undefined {
  let best: readonly [ratio: number, name: string] | undefined;
  for (const name of word.length > LONGEST ? [] : names) {
    const all = name.length + word.length;
    if (2 * Math.min(name.length, word.length) < LEAST * all) continue;
    const ratio = (2 * common(name, word)) / all;
    if (ratio < LEAST || (best && (ratio < best[0] || (ratio === best[0] && name < best[1])))) continue;
    best = [ratio, name];
  }
  return best?.[1];
}

/** Return how many characters the longest common part has, and those before and behind it. */
function common(one: string, other: string): number {
  let [size, at, atOther] = [0, 0, 0];
  let before: number[] = [];
  for (let i = 0; i < one.length; i++) {
    const now: number[] = [];
    for (let j = 0; j < other.length; j++) {
      if (one[i] !== other[j]) continue;
      const length = (before[j - 1] ?? 0) + 1;
      now[j] = length;
      if (length > size) [size, at, atOther] = [length, i - length + 1, j - length + 1];
    }
    before = now;
  }
  if (!size) return 0;
  const ahead = common(one.slice(0, at), other.slice(0, atOther));
  return size + ahead + common(one.slice(at + size), other.slice(atOther + size));
}
