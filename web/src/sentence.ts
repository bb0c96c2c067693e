/** Failures as sentences. */

import { ApiError } from "./api/client";
import { t } from "./i18n";
import { said } from "./i18n/said";

/** What went wrong, as a sentence in the page's language. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError && error.status === 0) return t("unreachable");
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const fields = error.errors.map((each) => `${each.name}${t("colon")}${said(each.reason)}`);
  return fields.length ? fields.join(t("semicolon")) : said(error.message);
}
