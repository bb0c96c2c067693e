/** Texts by key in the language of the page. */

import { lang } from "../session";
import { en } from "./en";
import { zh, type Key } from "./zh";

export type { Key };

/** The text of a key, with `{name}` filled in. */
export function t(key: Key, fill: Record<string, string | number> = {}): string {
  const text: string = (lang.value === "zh" ? zh : en)[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** Whether there is a text for a key that is made at run time. */
export function hasText(key: string): key is Key {
  return key in zh;
}
