import indicators from "../../../../api/said/indicators.json";
import rules from "../../../../api/said/rules.en.json";
import scopes from "../../../../api/said/scopes.json";
import codes from "./codes.en.json";
import water from "./water.en.json";
import words from "./words.json";

const places = Object.fromEntries(Object.values(scopes).map(([zh = "", en = ""]) => [zh, en]));
const named = Object.entries(words).flatMap(([code, [zh = code, en = code]]): [string, string][] => [[code, en], [zh, en], [`${zh}({})`, `${en} ({0})`]]);
export const phrases: Record<string, string> = { ...Object.fromEntries<string>(named), ...codes, ...water, ...rules, ...indicators, ...places };
