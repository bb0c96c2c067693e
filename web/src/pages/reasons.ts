/** The reasons of the quarantine. */

import { hasText, t } from "../i18n";

/** Why something is in the quarantine, in words. */
export function reasonName(reason: string): string {
  const key = `reason.${reason}`;
  return hasText(key) ? t(key) : reason;
}
