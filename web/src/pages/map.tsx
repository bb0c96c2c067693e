/** 一张图: roads by light-on rate, lamps by what they show, stations by AQI level, sections by class. */

import type { Map as Chart } from "maplibre-gl";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api, taken, type KindName, type Measure, type Schemas } from "../api/client";
import { loadSigns, usePlaces, type Places } from "../api/places";
import { useResource, type Resource } from "../api/resource";
import { t } from "../i18n";
import { aqiColour, lotColour, rateColour, sectionColour, springColours, UNKNOWN } from "../map/colours";
import { drawn, onto, type Datum } from "../map/datum";
import { drawMarked, drawRoads, goTo, makeMap, paintGround, show, unmark } from "../map/draw";
import { LampLayer } from "../map/lamps";
import { LAYERS, type Layer } from "../map/layers";
import { Legend } from "../map/legend";
import { roadsOf } from "../map/lines";
import { Picked, Search } from "../map/search";
import { addShapes } from "../map/shapes";
import { dark, session } from "../session";
import { Loaded } from "../ui/loaded";
import { useMeasures } from "../ui/measures";

const EVERY_MS = 10_000;
const NO_BASE: Schemas["BaseMapOut"] = { tiles: [], attribution: "", coordinates: "WGS-84", max_zoom: 18 };

/** The map, once it is known what lies below it; without an answer nothing does. */
export function CityMap() {
  const base = useResource("base map", (signal) => taken(api.GET("/api/v1/map/base", { signal })));
  if (base.loading && base.data === null) return <p class="loading">{t("loading")}</p>;
  return <MapOn base={base.data ?? NO_BASE} />;
}

function MapOn({ base }: { base: Schemas["BaseMapOut"] }) {
  const datum = base.coordinates;
  const [map, setMap] = useState<Chart | null>(null);
  const lamps = useMemo(() => new LampLayer(), []);
  const [hidden, setHidden] = useState<ReadonlySet<Layer>>(new Set());
  const [picked, setPicked] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (map) paintGround(map);
  }, [map, dark.value]);
  useEffect(() => {
    if (map) for (const [layer, { ids }] of Object.entries(LAYERS)) show(map, ids, !hidden.has(layer as Layer));
  }, [map, hidden]);
  return (
    <section class="map-page">
      <h1>{t("map")}</h1>
      <div class="map-tools">
        <Search
          found={(device) => {
            setPicked(device.id);
            if (map && device.lon !== null && device.lat !== null) goTo(map, onto(datum)([device.lon, device.lat]));
          }}
        />
        {picked === null ? null : <Picked key={picked} id={picked} close={() => { setPicked(null); if (map) unmark(map); }} />}
      </div>
      <Canvas base={base} lamps={lamps} ready={setMap} picked={setPicked} />
      <p class="note datum">
        {t(datum === "GCJ-02" ? "datumConverted" : base.tiles.length > 0 ? "datumOf" : "datumPlain", { datum })} {base.attribution}
      </p>
      {map ? (
        <>
          <Lighting map={map} datum={datum} hidden={hidden} lamps={lamps} />
          <Stations map={map} datum={datum} hidden={hidden} />
          <Sections map={map} datum={datum} hidden={hidden} />
          <Lots map={map} datum={datum} hidden={hidden} />
          <Gauges map={map} datum={datum} hidden={hidden} />
        </>
      ) : null}
      <Legend
        wrong={wrong}
        setWrong={(only) => {
          setWrong(only);
          lamps.showOnlyWrong(only);
        }}
        hidden={hidden}
        toggle={(layer) => {
          const next = new Set(hidden);
          if (!next.delete(layer)) next.add(layer);
          setHidden(next);
        }}
      />
    </section>
  );
}

type CanvasProps = { base: Schemas["BaseMapOut"]; lamps: LampLayer; ready: (map: Chart) => void; picked: (id: string) => void };

function Canvas({ base, lamps, ready, picked }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null || session.value === null) return;
    const { longitude, latitude } = session.value;
    const map = makeMap(place.current, onto(base.coordinates)([longitude, latitude]), base, lamps, picked);
    map.once("load", () => {
      addShapes(map);
      ready(map);
    });
    return () => {
      map.remove();
    };
  }, []);
  return <div ref={place} class="map" role="application" aria-label={t("map")} />;
}

/** `hidden`: the layers that are not to be seen, which may be drawn for the first time after that was said. */
type Above = { map: Chart; datum: Datum; hidden: ReadonlySet<Layer> };

/** Places as they are drawn above the base map. */
function useDrawn(kind: KindName, datum: Datum): Resource<Places> {
  const places = usePlaces(kind);
  const data = useMemo(() => places.data && drawn(places.data, datum), [places.data, datum]);
  return { ...places, data };
}

/** Lamps and the roads they stand along: where they are is asked for once, a full city is megabytes. */
function Lighting({ map, datum, hidden, lamps }: Above & { lamps: LampLayer }) {
  const places = useDrawn("streetlight", datum);
  return (
    <>
      <Roads map={map} hidden={hidden.has("roads")} places={places.data} />
      <Lamps lamps={lamps} places={places} />
    </>
  );
}

function Lamps({ lamps, places }: { lamps: LampLayer; places: Resource<Places> }) {
  const signs = useResource("signs streetlight", (signal) => loadSigns("streetlight", signal), { every: EVERY_MS });
  useEffect(() => {
    if (!places.data || !signs.data) return;
    const { register_version, signs: shown } = signs.data;
    if (places.data.register_version !== register_version || places.data.ids.length !== shown.length) {
      places.reload(); // a lamp came or went: characters and places must be of one register
      return;
    }
    lamps.draw(places.data, shown);
  }, [places.data, signs.data]);
  return signs.error ? <Loaded resource={signs}>{() => null}</Loaded> : null;
}

function Roads({ map, hidden, places }: { map: Chart; hidden: boolean; places: Places | null }) {
  const rates = useMeasures("light_on_rate", "road").data;
  const roads = useMemo(() => places && roadsOf(places), [places]);
  const known = rates && byId(rates);
  const colours = roads && known && roads.map(({ name }) => rateColour(known.get(name)));
  useEffect(() => {
    if (roads && colours) drawRoads(map, roads, colours, hidden);
  }, [roads, colours?.join()]);
  return null;
}

function Stations(above: Above) {
  return <Points {...above} kind="air_station" rows={useMeasures("aqi", "station").data} colour={aqiColour} />;
}

function Sections(above: Above) {
  return <Points {...above} kind="river_section" rows={useMeasures("section_compliance", "section").data} colour={sectionColour} />;
}

function Lots(above: Above) {
  return <Points {...above} kind="parking_lot" rows={useMeasures("parking_occupancy", "lot").data} colour={lotColour} />;
}

/** A spring's measure names its gauges, each with the line that it is below. */
function Gauges(above: Above) {
  const rows = useMeasures("spring_level", "spring").data;
  const known = rows && springColours(rows);
  return <Marked {...above} kind="spring_gauge" colour={known && ((id) => known.get(id) ?? UNKNOWN)} />;
}

type PointsProps = Above & {
  kind: "air_station" | "river_section" | "parking_lot";
  rows: readonly Measure[] | null;
  colour: (measure: Measure | undefined) => string;
};

function Points({ rows, colour, ...above }: PointsProps) {
  const known = rows && byId(rows);
  return <Marked {...above} colour={known && ((id) => colour(known.get(id)))} />;
}

type MarkedProps = Above & { kind: PointsProps["kind"] | "spring_gauge"; colour: ((id: string) => string) | null };

/** Marks are sent to the map when one of them changed its colour, not with each measure that comes. */
function Marked({ map, datum, hidden, kind, colour }: MarkedProps) {
  const places = useDrawn(kind, datum).data;
  const colours = places && colour && places.ids.map(colour);
  useEffect(() => {
    const { ids, shape } = LAYERS[kind];
    if (places && colours) drawMarked(map, { layer: ids[0], shape, hidden: hidden.has(kind) }, places, colours);
  }, [places, colours?.join()]);
  return null;
}

function byId(rows: readonly Measure[]): Map<string, Measure> {
  return new Map(rows.map((measure) => [measure.scope.slice(measure.scope.indexOf(":") + 1), measure]));
}
