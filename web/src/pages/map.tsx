/** 一张图: roads by light-on rate, lamps by what they show, stations by AQI level, sections by class. */

import type { Map as Chart } from "maplibre-gl";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Measure } from "../api/client";
import { loadSigns, usePlaces, type Places } from "../api/places";
import { useResource, type Resource } from "../api/resource";
import { t, hasText } from "../i18n";
import { kindName } from "../kinds";
import { aqiColour, rateColour, ROAD_STEPS, sectionColour, SIGN_COLOURS } from "../map/colours";
import { drawLines, drawMarked, drawSigns, goTo, makeMap, onlyWrong, show, unmark } from "../map/draw";
import { session } from "../session";
import { Picked, Search } from "../map/search";
import { Loaded } from "../ui/loaded";
import { useMeasures } from "../ui/measures";

const EVERY_MS = 10_000;
const LAYERS = {
  roads: ["roads"],
  streetlight: ["lamps", "lamps-groups"],
  air_station: ["stations"],
  river_section: ["sections"],
} as const;
type Layer = keyof typeof LAYERS;

export function CityMap() {
  const [map, setMap] = useState<Chart | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<Layer>>(new Set());
  const [picked, setPicked] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  return (
    <section class="map-page">
      <h1>{t("map")}</h1>
      <div class="map-tools">
        <Search
          found={(device) => {
            setPicked(device.id);
            if (map && device.lon !== null && device.lat !== null) goTo(map, [device.lon, device.lat]);
          }}
        />
        {picked === null ? null : <Picked key={picked} id={picked} close={() => { setPicked(null); if (map) unmark(map); }} />}
      </div>
      <Canvas ready={setMap} picked={setPicked} />
      {map ? <Lighting map={map} /> : null}
      {map ? <Stations map={map} /> : null}
      {map ? <Sections map={map} /> : null}
      <Legend
        wrong={wrong}
        setWrong={(only) => {
          setWrong(only);
          if (map) onlyWrong(map, only);
        }}
        hidden={hidden}
        toggle={(layer) => {
          const next = new Set(hidden);
          if (!next.delete(layer)) next.add(layer);
          if (map) show(map, LAYERS[layer], !next.has(layer));
          setHidden(next);
        }}
      />
    </section>
  );
}

function Canvas({ ready, picked }: { ready: (map: Chart) => void; picked: (id: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null || session.value === null) return;
    const { longitude, latitude } = session.value;
    const map = makeMap(place.current, [longitude, latitude], picked);
    map.once("load", () => {
      ready(map);
    });
    return () => {
      map.remove();
    };
  }, []);
  return <div ref={place} class="map" role="application" aria-label={t("map")} />;
}

/** Lamps and the roads they stand along: where they are is asked for once, a full city is megabytes. */
function Lighting({ map }: { map: Chart }) {
  const places = usePlaces("streetlight");
  return (
    <>
      <Roads map={map} places={places.data} />
      <Lamps map={map} places={places} />
    </>
  );
}

function Lamps({ map, places }: { map: Chart; places: Resource<Places> }) {
  const signs = useResource("signs streetlight", (signal) => loadSigns("streetlight", signal), { every: EVERY_MS });
  const before = useRef("");
  useEffect(() => {
    if (!places.data || !signs.data) return;
    if (places.data.register_version !== signs.data.register_version) {
      places.reload(); // a lamp came or went: characters and places must be of one register
      return;
    }
    drawSigns(map, "lamps", places.data, signs.data.signs, before.current);
    before.current = signs.data.signs;
  }, [places.data, signs.data]);
  return signs.error ? <Loaded resource={signs}>{() => null}</Loaded> : null;
}

function Roads({ map, places }: { map: Chart; places: Places | null }) {
  const rates = useMeasures("light_on_rate", "road").data;
  useEffect(() => {
    if (!places || !rates) return;
    const known = byId(rates);
    drawLines(map, "roads", places, (road) => rateColour(known.get(road)));
  }, [places, rates]);
  return null;
}

function Stations({ map }: { map: Chart }) {
  return <Points map={map} layer="stations" kind="air_station" rows={useMeasures("aqi", "station").data} colour={aqiColour} />;
}

function Sections({ map }: { map: Chart }) {
  const rows = useMeasures("section_compliance", "section").data;
  return <Points map={map} layer="sections" kind="river_section" rows={rows} colour={sectionColour} />;
}

type PointsProps = {
  map: Chart;
  layer: string;
  kind: "air_station" | "river_section";
  rows: readonly Measure[] | null;
  colour: (measure: Measure | undefined) => string;
};

function Points({ map, layer, kind, rows, colour }: PointsProps) {
  const places = usePlaces(kind).data;
  useEffect(() => {
    if (!places || !rows) return;
    const known = byId(rows);
    drawMarked(map, layer, places, (id) => colour(known.get(id)));
  }, [places, rows]);
  return null;
}

function byId(rows: readonly Measure[]): Map<string, Measure> {
  return new Map(rows.map((measure) => [measure.scope.slice(measure.scope.indexOf(":") + 1), measure]));
}

type LegendProps = {
  hidden: ReadonlySet<Layer>;
  toggle: (layer: Layer) => void;
  wrong: boolean;
  setWrong: (only: boolean) => void;
};

function Legend({ hidden, toggle, wrong, setWrong }: LegendProps) {
  return (
    <aside class="legend" aria-label={t("legend")}>
      <fieldset>
        <legend>{t("layers")}</legend>
        {(Object.keys(LAYERS) as Layer[]).map((layer) => (
          <label key={layer}>
            <input
              type="checkbox"
              checked={!hidden.has(layer)}
              onChange={() => {
                toggle(layer);
              }}
            />
            {layer === "roads" ? t("roadsLayer") : kindName(layer)}
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={wrong}
            onChange={(event) => {
              setWrong(event.currentTarget.checked);
            }}
          />
          {t("onlyWrong")}
        </label>
      </fieldset>
      <ul>
        {ROAD_STEPS.map(([from, colour]) => (
          <li key={colour}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect x="0" y="3" width="10" height="4" fill={colour} />
            </svg>
            {from === 0 ? t("roadBelow") : t("roadFrom", { from })}
          </li>
        ))}
        {Object.entries(SIGN_COLOURS).map(([sign, colour]) => {
          const key = `sign.${sign}`;
          return (
            <li key={sign}>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <circle cx="5" cy="5" r="4" fill={colour} />
              </svg>
              {hasText(key) ? t(key) : sign}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
