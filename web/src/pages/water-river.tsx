/** Rivers as strips: their sections in order from the source down, each by its class and against its own target. */

import { allPages, type Device, type Measure } from "../api/client";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { Loaded } from "../ui/loaded";
import { Why } from "../ui/measure";
import { ClassMark, Met, sectionOf, type Section } from "./water-class";

type Point = { id: string; name: string; section: Section | undefined; measure: Measure };
export type River = { river: string; ordered: boolean; points: readonly Point[] };
type Register = Pick<Device, "id" | "name" | "attributes">;

/** Rivers with their sections down the river; `ordered` is false when the register does not say the order of them all. */
export function rivers(devices: readonly Register[], measures: readonly Measure[]): readonly River[] {
  const known = new Map(measures.map((each) => [each.scope.replace("section:", ""), each]));
  const found = new Map<string, (Point & { order: number })[]>();
  for (const { id, name, attributes } of devices) {
    const measure = known.get(id);
    const river = attributes["river"];
    if (measure === undefined || typeof river !== "string") continue;
    const order = attributes["river_order"];
    const point = { id, name, section: sectionOf(measure), measure, order: typeof order === "number" ? order : Infinity };
    found.set(river, [...(found.get(river) ?? []), point]);
  }
  return [...found]
    .map(([river, points]) => ({
      river,
      ordered: points.length === 1 || points.every(({ order }) => order !== Infinity),
      points: points.sort((a, b) => (a.order === b.order ? a.name.localeCompare(b.name, "zh") : a.order - b.order)),
    }))
    .sort((a, b) => b.points.length - a.points.length || a.river.localeCompare(b.river, "zh"));
}

export function Strips({ measures }: { measures: readonly Measure[] }) {
  const path = "/api/v1/devices?kind=river_section&limit=500";
  const register = useResource(path, (signal) => allPages<Device>(path, signal), { on: ["register.changed"] });
  return (
    <section class="panel">
      <h2>{t("riverStrips")}</h2>
      <p class="note">{t("riverStripsHint")}</p>
      <Loaded resource={register}>
        {(devices) => (
          <div class="rivers">
            {rivers(devices, measures).map((each) => (
              <Strip key={each.river} {...each} />
            ))}
          </div>
        )}
      </Loaded>
    </section>
  );
}

function Strip({ river, ordered, points }: River) {
  return (
    <section aria-label={river}>
      <h3>
        {river} {ordered ? null : <small>{t("orderUnknown")}</small>}
      </h3>
      <ol class={ordered ? "strip flows" : "strip"}>
        {points.map(({ id, name, section, measure }) => (
          <li key={id}>
            <a href={`/devices/${encodeURIComponent(id)}`}>{name}</a>
            <ClassMark section={section} />
            <small>
              {t("targetClass")} {section?.target_name ?? "–"} <Met compliant={section?.compliant} />
            </small>
            <Why measure={measure} />
          </li>
        ))}
      </ol>
    </section>
  );
}
