/** 一张图: roads by light-on rate, lamps by what they show, stations by AQI level, sections by class. */

import type { Map as Chart } from "maplibre-gl";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { KindName, Measure } from "../api/client";
import { loadSigns, usePlaces, type Places } from "../api/places";
import { useResource, type Resource } from "../api/resource";
import { t } from "../i18n";
import { aqiColour, lotColour, rateColour, sectionColour, springColours, UNKNOWN } from "../map/colours";
import { drawn, onto, type Datum } from "../map/datum";
import { goTo, makeMap } from "../map/draw";
import { Drawing } from "../map/drawing";
import type { SpotKind } from "../map/layers";
import { Legend } from "../map/legend";
import { roadsOf } from "../map/lines";
import { opening, type Opening } from "../map/opening";
import { Picked, Search } from "../map/search";
import { hiddenOf, queryWith, stateOf, type Hidden } from "../map/states";
import { warm } from "../map/warm";
import { session } from "../session";
import { Loaded } from "../ui/loaded";
import { useMeasures } from "../ui/measures";

const EVERY_MS = 10_000;
const AGAIN_MS = 5_000;

/** The map, once it is known what lies below it and where it opens. */
export function CityMap() {
  const { data } = useResource("opening", opening);
  return data === null ? <p class="loading">{t("loading")}</p> : <MapOn opening={data} />;
}

function MapOn({ opening }: { opening: Opening }) {
  const { base } = opening;
  const datum = base.coordinates;
  const map = useRef<Chart | null>(null);
  const drawing = useMemo(() => new Drawing(base.tiles.length > 0), []);
  const unmark = useRef<(() => void) | null>(null);
  const [hidden, hide] = useHidden(drawing);
  const [picked, setPicked] = useState<string | null>(null);
  return (
    <section class="map-page">
      <h1>{t("map")}</h1>
      <div class="map-tools">
        <Search
          found={(device) => {
            setPicked(device.id);
            unmark.current?.();
            if (map.current && device.lon !== null && device.lat !== null) unmark.current = goTo(map.current, onto(datum)([device.lon, device.lat]));
          }}
        />
        {picked === null ? null : <Picked key={picked} id={picked} close={() => { setPicked(null); unmark.current?.(); }} />}
      </div>
      <Canvas opening={opening} drawing={drawing} map={map} picked={setPicked} />
      <p class="note datum">
        {t(datum === "GCJ-02" ? "datumConverted" : base.tiles.length > 0 ? "datumOf" : "datumPlain", { datum })} {base.attribution}
      </p>
      <Lighting drawing={drawing} datum={datum} />
      <Stations drawing={drawing} datum={datum} />
      <Sections drawing={drawing} datum={datum} />
      <Lots drawing={drawing} datum={datum} />
      <Gauges drawing={drawing} datum={datum} />
      <Legend hidden={hidden} hide={hide} counts={drawing.counts} />
    </section>
  );
}

/** What is left out stands in the address, beside the view, so that both can be sent to somebody else. */
function useHidden(drawing: Drawing): [Hidden, (hidden: Hidden) => void] {
  const { query, route } = useLocation();
  const said = query["hide"];
  const hidden = useMemo(() => hiddenOf(said), [said]);
  useEffect(() => {
    drawing.hide(hidden);
  }, [hidden]);
  const hide = (next: Hidden) => {
    const { pathname, search, hash } = window.location;
    route(pathname + queryWith(search, next) + hash, true);
  };
  return [hidden, hide];
}

type CanvasProps = {
  opening: Opening;
  drawing: Drawing;
  map: { current: Chart | null };
  picked: (id: string) => void;
};

function Canvas({ opening, drawing, map, picked }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (session.value === null) return;
    const { longitude, latitude } = session.value;
    let gone = false;
    void warm().then(() => {
      if (gone || !place.current) return;
      map.current = makeMap(place.current, [longitude, latitude], opening, drawing, picked);
    });
    return () => {
      gone = true;
      map.current?.remove();
      map.current = null;
    };
  }, []);
  return <div ref={place} class="map" role="application" aria-label={t("map")} />;
}

type Above = { drawing: Drawing; datum: Datum };

/** Places as they are drawn above the base map; asked for until they come, for a layer that is not there looks like one without devices. */
function useDrawn(kind: KindName, datum: Datum): Resource<Places> {
  const places = usePlaces(kind);
  const data = useMemo(() => places.data && drawn(places.data, datum), [places.data, datum]);
  useEffect(() => {
    if (places.error === null) return;
    const again = setTimeout(places.reload, AGAIN_MS);
    return () => {
      clearTimeout(again);
    };
  }, [places.error]);
  return { ...places, data };
}

/** Lamps and the roads they stand along: where they are is asked for once, a full city is megabytes. */
function Lighting({ drawing, datum }: Above) {
  const places = useDrawn("streetlight", datum);
  return (
    <>
      <Roads drawing={drawing} places={places.data} />
      <Lamps drawing={drawing} places={places} />
    </>
  );
}

function Lamps({ drawing, places }: { drawing: Drawing; places: Resource<Places> }) {
  const signs = useResource("signs streetlight", (signal) => loadSigns("streetlight", signal), { every: EVERY_MS });
  useEffect(() => {
    if (!places.data || !signs.data) return;
    const { register_version, signs: shown } = signs.data;
    if (places.data.register_version !== register_version || places.data.ids.length !== shown.length) {
      places.reload(); // a lamp came or went: characters and places must be of one register
      return;
    }
    drawing.lamps.draw(places.data, shown);
    const { lon } = places.data;
    drawing.count("streetlight", Array.from(shown).filter((_, n) => lon[n] != null));
  }, [places.data, signs.data]);
  return signs.error ? <Loaded resource={signs}>{() => null}</Loaded> : null;
}

function Roads({ drawing, places }: { drawing: Drawing; places: Places | null }) {
  const rates = useMeasures("light_on_rate", "road").data;
  const roads = useMemo(() => places && roadsOf(places), [places]);
  const known = rates && byId(rates);
  const colours = roads && known && roads.map(({ name }) => rateColour(known.get(name)));
  useEffect(() => {
    if (!roads || !colours) return;
    drawing.roads.draw(roads, colours);
    drawing.count("roads", colours.map((colour) => stateOf("roads", colour)));
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
  kind: SpotKind;
  rows: readonly Measure[] | null;
  colour: (measure: Measure | undefined) => string;
};

function Points({ rows, colour, ...above }: PointsProps) {
  const known = rows && byId(rows);
  return <Marked {...above} colour={known && ((id) => colour(known.get(id)))} />;
}

type MarkedProps = Above & { kind: SpotKind; colour: ((id: string) => string) | null };

/** Marks are sent to the map when one of them changed its colour, not with each measure that comes. */
function Marked({ kind, colour, drawing, datum }: MarkedProps) {
  const places = useDrawn(kind, datum).data;
  const colours = places && colour && places.ids.map(colour);
  useEffect(() => {
    if (!places || !colours) return;
    drawing.spots.draw(kind, places, colours);
    drawing.count(kind, colours.filter((_, n) => places.lon[n] != null).map((colour) => stateOf(kind, colour)));
  }, [places, colours?.join()]);
  return null;
}

function byId(rows: readonly Measure[]): Map<string, Measure> {
  return new Map(rows.map((measure) => [measure.scope.slice(measure.scope.indexOf(":") + 1), measure]));
}
