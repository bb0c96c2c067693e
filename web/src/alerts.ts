/** How alerts are called. */

import type { Alert } from "./api/open-alerts";
import { t } from "./i18n";
import { said } from "./i18n/said";
import { scopeName } from "./places";
import { lang } from "./session";
import { rank } from "./ui/severity";

/** What an alert is about: a part of the city by its name, anything else as the service calls it. */
export function alertPlace(alert: Pick<Alert, "subject" | "name">): string {
  const known = scopeName(alert.subject);
  return alert.subject.endsWith(`:${known}`) ? said(alert.name || known) : known;
}

/** What is the matter, and where. */
export function alertTitle(alert: Pick<Alert, "subject" | "name" | "title">): string {
  return `${said(alert.title)}${t("colon")}${alertPlace(alert)}`;
}

/** The worst first; of those alike, the newest. */
export function worstFirst<A extends Pick<Alert, "severity" | "fired_at">>(alerts: readonly A[]): A[] {
  return [...alerts].sort((a, b) => rank(b.severity) - rank(a.severity) || b.fired_at.localeCompare(a.fired_at));
}

/** How a case file is called: one that an alert opened by what is the matter and, behind a blank, where; others as whoever opened them did. */
export function caseTitle({ title, origin }: { title: string; origin: string }): string {
  const [what = "", ...where] = title.split(" ");
  if (origin !== "alert" || said(what) === what) return said(title);
  return [said(what), where.join(" ")].filter(Boolean).join(t("colon"));
}

/** The state of a case file in a word. */
export function caseState({ state, state_word: word }: { state: string; state_word: string }): string {
  return lang.value === "zh" ? word : state.charAt(0).toUpperCase() + state.slice(1).replaceAll("_", " ");
}
