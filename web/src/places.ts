/** How scopes are called. Districts by GB/T 2260; what is not listed keeps its code. */

import { lang } from "./session";

const DISTRICTS: Record<string, [string, string]> = {
  "370102": ["历下区", "Lixia"],
  "370103": ["市中区", "Shizhong"],
  "370104": ["槐荫区", "Huaiyin"],
  "370105": ["天桥区", "Tianqiao"],
  "370112": ["历城区", "Licheng"],
  "370113": ["长清区", "Changqing"],
  "370114": ["章丘区", "Zhangqiu"],
  "370115": ["济阳区", "Jiyang"],
  "370116": ["莱芜区", "Laiwu"],
  "370117": ["钢城区", "Gangcheng"],
  "370124": ["平阴县", "Pingyin"],
  "370126": ["商河县", "Shanghe"],
};
const ROAD_CLASSES: Record<string, [string, string]> = {
  expressway: ["快速路", "Expressways"],
  arterial: ["主干道", "Arterial roads"],
  secondary: ["次干道", "Secondary roads"],
  branch: ["支路", "Branch roads"],
  alley: ["街巷", "Alleys"],
};

const SECTION_SETS: Record<string, [string, string]> = {
  "assessed-2025": ["2025 年考核断面", "Sections assessed in 2025"],
  "plan-2019-10": ["方案 10 个断面", "The plan's 10 sections"],
  "plan-2019-57": ["方案 57 个断面", "The plan's 57 sections"],
};

/** The name of a scope as in `district:370102`; `names` are those of devices by id. */
export function scopeName(scope: string, names: ReadonlyMap<string, string> = new Map()): string {
  const [kind, id] = split(scope);
  const known = kind === "district" || kind === "management_area" ? DISTRICTS[id] : kind === "section_set" ? SECTION_SETS[id] : ROAD_CLASSES[id];
  if (scope === "city") return lang.value === "zh" ? "全市" : "The city";
  if (known) return known[lang.value === "zh" ? 0 : 1];
  return names.get(id) ?? id;
}

export function districtName(code: string): string {
  return scopeName(`district:${code}`);
}

function split(scope: string): [string, string] {
  const at = scope.indexOf(":");
  return at < 0 ? [scope, ""] : [scope.slice(0, at), scope.slice(at + 1)];
}
