/** The legend: which layers there are, and what their shapes and colours mean; of hidden layers nothing is explained. */

import { t } from "../i18n";
import { kindName } from "../kinds";
import { COLOURS } from "../pages/water-class";
import { AQI_LEVELS, LOT_STEPS, ROAD_STEPS, SIGN_COLOURS, SPRING_LINES, UNKNOWN } from "./colours";
import { LAYERS, type Layer } from "./layers";
import { OUTLINE } from "./shapes";

type Props = {
  hidden: ReadonlySet<Layer>;
  toggle: (layer: Layer) => void;
  wrong: boolean;
  setWrong: (only: boolean) => void;
};

export function Legend({ hidden, toggle, wrong, setWrong }: Props) {
  return (
    <aside class="legend" aria-label={t("legend")}>
      <details open={window.innerWidth > 720}>
        <summary>{t("legend")}</summary>
        <fieldset>
          <legend class="hidden">{t("layers")}</legend>
          <Check on={wrong} set={setWrong} text={t("onlyWrong")} />
          {(Object.keys(LAYERS) as Layer[]).map((layer) => (
            <div key={layer} data-layer={layer}>
              <Check
                on={!hidden.has(layer)}
                set={() => {
                  toggle(layer);
                }}
                text={layer === "roads" ? t("roadsLayer") : kindName(layer)}
              />
              {hidden.has(layer) ? null : <Meanings layer={layer} />}
            </div>
          ))}
        </fieldset>
      </details>
    </aside>
  );
}

function Check({ on, set, text }: { on: boolean; set: (on: boolean) => void; text: string }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          set(event.currentTarget.checked);
        }}
      />
      {text}
    </label>
  );
}

function Meanings({ layer }: { layer: Layer }) {
  const shape = LAYERS[layer].shape;
  return (
    <ul>
      {meanings(layer).map(([colour, text]) => (
        <li key={text}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <path d={shape === "line" ? "M0 3h10v4H0Z" : OUTLINE[shape]} fill={colour} />
          </svg>
          {text}
        </li>
      ))}
      {layer === "streetlight" ? <GroupMeaning /> : null}
    </ul>
  );
}

/** What the discs mean that stand for many lamps. */
function GroupMeaning() {
  return (
    <li>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path d={OUTLINE.circle} fill={SIGN_COLOURS.l} />
        <circle cx="5" cy="5" r="2" fill={SIGN_COLOURS.d} />
      </svg>
      {t("lampGroup")}
    </li>
  );
}

type Meaning = readonly [colour: string, text: string];

/** What the colours of a layer mean. */
export function meanings(layer: Layer): Meaning[] {
  const unknown: Meaning = [UNKNOWN, t("unknown")];
  switch (layer) {
    case "roads":
      return [...ROAD_STEPS.map(([from, colour]): Meaning => [colour, from === 0 ? t("roadBelow") : t("roadFrom", { from })]), unknown];
    case "streetlight":
      return (["l", "d", "b", "o", "u", "x"] as const).map((sign): Meaning => [SIGN_COLOURS[sign], t(`sign.${sign}`)]);
    case "air_station":
      return [...AQI_LEVELS.map(({ colour, key }): Meaning => [colour, t(key)]), unknown];
    case "river_section":
      return [...Object.entries(COLOURS).map(([name, colour]): Meaning => [colour, t("waterClass", { name })]), unknown];
    case "parking_lot":
      return [...LOT_STEPS.map(([from, colour]): Meaning => [colour, from === 0 ? t("lotBelow") : t("lotFrom", { from })]), unknown];
    case "spring_gauge":
      return [
        [SPRING_LINES.above, t("aboveLines")],
        ...(["yellow", "orange", "red"] as const).map((line): Meaning => [SPRING_LINES[line], t("belowLine", { line: t(`line.${line}`) })]),
        unknown,
      ];
  }
}
