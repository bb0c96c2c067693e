import { useCatalogue } from "../api/catalogue";
import { t } from "../i18n";
import { Loaded } from "../ui/loaded";
import { HistoryChart } from "../ui/history";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";

const RATE = "parking_occupancy";

/** Occupancy of the city, of districts and of lots, where the service has the indicator. */
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
  return (
    <>
      <div class="panels">
        <Headline indicator={RATE} title={t("parking")} />
        <HistoryChart indicator={RATE} scope="city" title={t("history")} />
      </div>
      <div class="panels">
        <MeasureTable title={t("byDistrict")} rows={useMeasures(RATE, "district")} />
        <MeasureTable title={t("lots")} rows={useMeasures(RATE, "lot")} />
      </div>
    </>
  );
}
