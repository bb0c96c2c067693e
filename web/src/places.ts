/** How scopes are called; what is not listed keeps its code. */

import scopes from "../../api/said/scopes.json";
import { hasText, t } from "./i18n";
import { lang } from "./session";

const NAMES: Readonly<Record<string, readonly string[]>> = scopes;

/** The name of a scope as in `district:370102`; `names` are those of devices by id. */
export function scopeName(scope: string, names: ReadonlyMap<string, string> = new Map()): string {
  const [kind, id] = split(scope);
  // land that no zone manages is managed by its district
  const known = NAMES[scope] ?? (kind === "management_area" ? NAMES[`district:${id}`] : undefined);
  return known?.[lang.value === "zh" ? 0 : 1] ?? names.get(id) ?? id;
}

/** What a scope is of, as in `district`. */
export function scopeKind(kind: string): string {
  const key = `scopeKind.${kind}`;
  return kind === "city" ? scopeName(kind) : hasText(key) ? t(key) : kind;
}

export function districtName(code: string): string {
  return scopeName(`district:${code}`);
}

function split(scope: string): [string, string] {
  const at = scope.indexOf(":");
  return at < 0 ? [scope, ""] : [scope.slice(0, at), scope.slice(at + 1)];
}
