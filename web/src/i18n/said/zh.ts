import alerts from "../../../../api/said/alerts.json";
import verdicts from "../../../../api/said/verdicts.json";
import codes from "./codes.json";
import problems from "./problems.json";
import sources from "./sources.json";
import steps from "./steps.json";

export const phrases: Record<string, string> = { ...codes, ...verdicts, ...steps, ...sources, ...problems, ...alerts };
