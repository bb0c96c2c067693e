import problems from "./problems.json";
import sources from "./sources.json";
import steps from "./steps.json";
import verdicts from "../../../../api/said/verdicts.json";

export const phrases: Record<string, string> = { ...verdicts, ...steps, ...sources, ...problems };
