import { useState } from "preact/hooks";
import { useCatalogue } from "../api/catalogue";
import type { Measure } from "../api/client";
import { namesOf, usePlaces } from "../api/places";
import { number } from "../format";
import { t } from "../i18n";
import { scopeName } from "../places";
import { Loaded } from "../ui/loaded";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";
import { Tides } from "./parking-tides";

const RATE = "parking_occupancy";

/** How full the city, its districts, roads and lots are now, and their tides. */
export function Parking() {
  const catalogue = useCatalogue();
  return (
    <section>
      <h1>{t("parking")}</h1>
      <Loaded resource={catalogue}>
        {({ items }) => (items.some((i) => i.name === RATE) ? <Rates /> : <p class="note">{t("notYet")}</p>)}
      </Loaded>
    </section>
  );
}

function Rates() {
  const [scope, setScope] = useState("city");
  const names = namesOf(usePlaces("parking_lot").data);
  const columns = [
    { title: t("freeSpaces"), cell: (measure: Measure) => number(free(measure), 0) },
    { title: t("tides"), cell: (measure: Measure) => <Choose measure={measure} scope={scope} choose={setScope} /> },
  ];
  const table = { names, columns };
  return (
    <>
      <div class="panels">
        <Headline indicator={RATE} title={t("occupancyNow")} />
        <Tides indicator={RATE} scope={scope} name={scopeName(scope, names)} />
      </div>
      {scope === "city" ? null : (
        <p>
          <button
            type="button"
            onClick={() => {
              setScope("city");
            }}
          >
            {t("tidesOfCity")}
          </button>
        </p>
      )}
      <div class="panels">
        <MeasureTable title={t("lots")} rows={useMeasures(RATE, "lot")} {...table} />
        <MeasureTable title={t("byDistrict")} rows={useMeasures(RATE, "district")} {...table} />
      </div>
      <MeasureTable title={t("byRoad")} rows={useMeasures(RATE, "road")} {...table} />
    </>
  );
}

/** Spaces that are known to be free: what is unknown is not free. */
export function free({ numerator, denominator, unknown }: Measure): number {
  return Math.max(0, denominator - numerator - unknown);
}

function Choose({ measure, scope, choose }: { measure: Measure; scope: string; choose: (scope: string) => void }) {
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={measure.scope === scope}
      onClick={() => {
        choose(measure.scope);
        window.scrollTo({ top: 0 });
      }}
    >
      {t("showTides")}
    </button>
  );
}
