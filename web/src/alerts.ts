/** How alerts are called. */

import type { Alert } from "./api/open-alerts";
import { t } from "./i18n";
import { said } from "./i18n/said";
import { scopeName } from "./places";
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
