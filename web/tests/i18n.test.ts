import { expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { t } from "../src/i18n";
import { zh, type Key } from "../src/i18n/zh";
import { lang } from "../src/session";

const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both catalogues fill in the same blanks", () => {
  for (const key of Object.keys(zh) as Key[]) expect(blanks(en[key]), key).toEqual(blanks(zh[key]));
});

test("a text is in the language of the page, with its blanks filled in", () => {
  lang.value = "zh";
  expect(t("showing", { at: "08:00" })).toBe("仍显示 08:00 的数据");
  lang.value = "en";
  expect(t("showing", { at: "08:00" })).toBe("Still showing data of 08:00");
});
