/** Kinds of device as the service names them: Chinese titles from the kind, English from its name. */

import { signal } from "@preact/signals";
import { api, taken, type Schemas } from "./api/client";
import { unitSymbol } from "./format";
import { lang } from "./session";
import { spoken, word } from "./words";

type Kind = Schemas["KindOut"];

export const kinds = signal<ReadonlyMap<string, Kind>>(new Map());

/** Ask for the kinds once, after somebody was let in. */
export async function loadKinds(): Promise<void> {
  const { items } = await taken(api.GET("/api/v1/kinds"));
  kinds.value = new Map(items.map((kind) => [kind.name, kind]));
}

export function kindName(name: string): string {
  return (lang.value === "zh" && kinds.value.get(name)?.title) || spoken(name);
}

/** How a metric of a kind is called, with its unit. */
export function metricName(kind: string, name: string): string {
  const metric = kinds.value.get(kind)?.metrics.find((each) => each.name === name);
  if (metric === undefined) return name;
  const unit = unitSymbol(metric.unit);
  return `${lang.value === "zh" ? metric.title : (word(name) ?? spoken(name))}${unit === "" ? "" : ` (${unit})`}`;
}

/** How a column of the register is called. */
export function attributeName(kind: string, name: string): string {
  const attribute = kinds.value.get(kind)?.attributes.find((each) => each.name === name);
  return (lang.value === "zh" && attribute?.title) || spoken(name);
}

/** How a figure is called that some kind of device reports, or a word that stands for itself. */
export function figureName(name: string): string {
  const metric = [...kinds.value.values()].flatMap((kind) => kind.metrics).find((each) => each.name === name);
  return word(name) ?? (lang.value === "zh" && metric !== undefined ? metric.title : spoken(name));
}
