/** What the service says in single words: names of figures, states and values of the register, in the page's language. */

import said from "./i18n/said/words.json";
import { t } from "./i18n";
import { number } from "./format";
import { districtName, scopeName } from "./places";
import { lang } from "./session";

const WORDS: Readonly<Record<string, readonly string[]>> = said;
const CLASSES = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"];

/** A word in the page's language; null when it is none that is known. */
export function word(code: string): string | null {
  return WORDS[code]?.[lang.value === "zh" ? 0 : 1] ?? null;
}

/** A name made of words and underscores as one reads it. */
export function spoken(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value that the register or an indicator names, as one reads it. */
export function valueOf(name: string, value: unknown): string {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return (name === "target_class" ? CLASSES[value - 1] : undefined) ?? number(value, 3);
  if (typeof value !== "string" || value === "") return "–";
  if (name === "districts") return value.split(" ").map(districtName).join(t("comma"));
  const place = scopeName(`${name}:${value}`);
  return place === value ? (word(value) ?? value) : place;
}
