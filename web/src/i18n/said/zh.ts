import alerts from "../../../../api/said/alerts.json";
import verdicts from "../../../../api/said/verdicts.json";
import codes from "./codes.json";
import problems from "./problems.json";
import sources from "./sources.json";
import steps from "./steps.json";
import words from "./words.json";

const named = Object.fromEntries(Object.entries(words).map(([code, [zh = code]]) => [code, zh]));

export const phrases: Record<string, string> = { ...named, ...codes, ...verdicts, ...steps, ...sources, ...problems, ...alerts };
