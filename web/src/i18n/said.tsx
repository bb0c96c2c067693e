/** What the service says (reasons, steps, problems, rules), in the language of the page. */

import { effect, signal } from "@preact/signals";
import { instant } from "../format";
import { lang, type Lang } from "../session";
import { translator, type Translator } from "./phrases";

const books = signal<Partial<Record<Lang, Translator>>>({});

/** A part of a sentence that is an instant is written as instants are; others stay. */
const part = (raw: string) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(raw) ? instant(raw) : raw);

effect(() => {
  const wanted = lang.value;
  if (books.peek()[wanted]) return;
  const loaded = wanted === "zh" ? import("./said/zh") : import("./said/en");
  void loaded.then(({ phrases }) => {
    books.value = { ...books.peek(), [wanted]: translator(phrases, part, wanted === "zh" ? "、" : ", ") };
  });
});

/** A text of the service in the page's language; as it came when it is not known. */
export function said(text: string): string {
  const found = books.value[lang.value]?.(text);
  return found ?? (lang.value === "en" ? text.replace(CODE, (code) => code.replaceAll("_", " ")) : text);
}

/** A reason that is a code reads as the words it is made of. */
const CODE = /\b[a-z]+(_[a-z]+)+\b/g;

/** The same as an element, which says its language when it stayed in the other one. */
export function Said({ text }: { text: string }) {
  const shown = said(text);
  const other = shown === text && (lang.value === "zh" ? /[a-z]{3,} [a-z]{2,}/i : /[\u4e00-\u9fff]/).test(text);
  return <span lang={other ? (lang.value === "zh" ? "en" : "zh-CN") : undefined}>{shown}</span>;
}
