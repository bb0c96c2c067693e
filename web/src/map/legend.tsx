/** The legend: which layers there are, what their shapes and colours mean, and the switch of each; of hidden layers nothing is explained. */

import type { ReadonlySignal } from "@preact/signals";
import { number } from "../format";
import { t, type Key } from "../i18n";
import { kindName } from "../kinds";
import { COLOURS } from "../pages/water-class";
import { SIGN_COLOURS } from "./colours";
import { LAYERS, type Layer } from "./layers";
import { OUTLINE } from "./shapes";
import { leaveOut, nameOf, NORMAL, STATES, type Hidden, type Tally } from "./states";

type Props = {
  hidden: Hidden;
  hide: (hidden: Hidden) => void;
  counts: ReadonlySignal<Readonly<Partial<Record<Layer, Tally>>>>;
};

export function Legend({ hidden, hide, counts }: Props) {
  const toggle = (name: string) => {
    hide(leaveOut(hidden, [name], !hidden.has(name)));
  };
  return (
    <aside class="legend" aria-label={t("legend")}>
      <details open={window.innerWidth > 720}>
        <summary>{t("legend")}</summary>
        <fieldset>
          <legend class="hidden">{t("layers")}</legend>
          <Check
            on={NORMAL.every((name) => hidden.has(name))}
            set={(only) => {
              hide(leaveOut(hidden, NORMAL, only));
            }}
            text={t("onlyWrong")}
          />
          {(Object.keys(LAYERS) as Layer[]).map((layer) => (
            <div key={layer} data-layer={layer}>
              <Check
                on={!hidden.has(layer)}
                set={() => {
                  toggle(layer);
                }}
                text={layer === "roads" ? t("roadsLayer") : kindName(layer)}
              />
              {hidden.has(layer) ? null : <Meanings layer={layer} hidden={hidden} toggle={toggle} counts={counts.value[layer]} />}
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

type MeaningsProps = { layer: Layer; hidden: Hidden; toggle: (name: string) => void; counts: Tally | undefined };

/** Each state of a layer: what its mark looks like, and a press leaves out what shows it. */
function Meanings({ layer, hidden, toggle, counts }: MeaningsProps) {
  const shape = LAYERS[layer].shape;
  return (
    <ul>
      {STATES[layer].map(([state, colour]) => {
        const name = nameOf(layer, state);
        return (
          <li key={state}>
            <button type="button" data-state={name} aria-pressed={!hidden.has(name)} title={t("showState")} onClick={() => { toggle(name); }}>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <path d={shape === "line" ? "M0 3h10v4H0Z" : OUTLINE[shape]} fill={colour} />
              </svg>
              <span>{meaning(layer, state)}</span>
              {counts ? <small>{number(counts.get(state) ?? 0, 0)}</small> : null}
            </button>
          </li>
        );
      })}
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

/** What a state of a layer means. */
export function meaning(layer: Layer, state: string): string {
  if (layer === "streetlight") return t(`sign.${state}` as Key);
  if (state === "u") return t("unknown");
  switch (layer) {
    case "roads":
      return state === "none" ? t("roadNone") : state === "0" ? t("roadBelow") : t("roadFrom", { from: state });
    case "air_station":
      return t(`aqi.${state}` as Key);
    case "river_section":
      return t("waterClass", { name: Object.keys(COLOURS)[Number(state) - 1] ?? state });
    case "parking_lot":
      return state === "none" ? t("lotNone") : state === "0" ? t("lotBelow") : t("lotFrom", { from: state });
    case "spring_gauge":
      return state === "above" ? t("aboveLines") : t("belowLine", { line: t(`line.${state}` as Key) });
  }
}
