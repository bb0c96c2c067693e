import rules from "./rules.en.json";

export const phrases: Record<string, string> = rules;
