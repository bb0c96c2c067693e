/** Texts that the service says in one language, in the other: found as a whole, in parts, or by a template. */

export type Phrases = Readonly<Record<string, string>>;
type Template = { pattern: RegExp; to: string };

/** What stands before another text. */
const BEFORE = /^(assumed|not official): (.+)$/s;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Returns the translation of a text, null when there is none. Parts that are figures and names stay as they are. */
export type Translator = (text: string) => string | null;

/** Make a translator of phrases; `{}` in a phrase stands for a part, `{0}` … in its translation for where it goes; `comma`: between parts. */
export function translator(phrases: Phrases, part: (raw: string) => string = (raw) => raw, comma = "、"): Translator {
  const templates = Object.entries(phrases)
    .filter(([from]) => from.includes("{}"))
    .sort(([a], [b]) => b.length - a.length)
    .map(([from, to]): Template => {
      const literal = from.split("{}").map((piece) => piece.replace(SPECIAL, "\\$&"));
      return { pattern: new RegExp(`^${literal.join("(.+?)")}$`, "s"), to };
    });
  const known = new Map<string, string | null>();

  function translate(text: string): string | null {
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = phrases[text] ?? prefixed(text) ?? listed(text) ?? templated(text);
    if (known.size > 5000) known.clear();
    known.set(text, found);
    return found;
  }

  const filled = (raw: string) => translate(raw) ?? several(raw) ?? part(raw);

  /** Names in a row, of which each is known. */
  function several(raw: string): string | null {
    const names = raw.split(", ").map((each) => phrases[each]);
    return names.includes(undefined) ? null : names.join(comma);
  }

  function prefixed(text: string): string | null {
    const found = BEFORE.exec(text);
    if (!found) return null;
    const to = phrases[`${found[1] ?? ""}: {}`];
    return to === undefined ? null : to.replace("{0}", filled(found[2] ?? ""));
  }

  /** Reasons are strung together by semicolons, and some hold one themselves: the longest known beginning counts. */
  function listed(text: string): string | null {
    const parts = text.split("; ");
    for (let end = parts.length - 1; end > 0; end -= 1) {
      const head = parts.slice(0, end).join("; ");
      const first = phrases[head] ?? (end === 1 ? templated(head) ?? prefixed(head) : null);
      if (first !== null) return `${first}；${filled(parts.slice(end).join("; "))}`;
    }
    return null;
  }

  function templated(text: string): string | null {
    for (const { pattern, to } of templates) {
      const found = pattern.exec(text);
      if (found && !found.slice(1).some((each) => each.includes("; "))) {
        return to.replace(/\{(\d)\}/g, (_, n: string) => filled(found[Number(n) + 1] ?? ""));
      }
    }
    return null;
  }

  return translate;
}
