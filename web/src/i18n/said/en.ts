import indicators from "../../../../api/said/indicators.json";
import rules from "../../../../api/said/rules.en.json";
import scopes from "../../../../api/said/scopes.json";
import codes from "./codes.en.json";

const places = Object.fromEntries(Object.values(scopes).map(([zh = "", en = ""]) => [zh, en]));
export const phrases: Record<string, string> = { ...codes, ...rules, ...indicators, ...places };
