import { api, taken } from "../api/client";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { Loaded } from "../ui/loaded";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";

const RATE = "parking_occupancy";

/** Occupancy of the city, of districts and of lots, where the service has the indicator. */
export function Parking() {
  const catalogue = useResource("catalogue", (signal) => taken(api.GET("/api/v1/indicators", { signal })));
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
      <Headline indicator={RATE} title={t("parking")} />
      <div class="panels">
        <MeasureTable title={t("byDistrict")} rows={useMeasures(RATE, "district")} />
        <MeasureTable title={t("lots")} rows={useMeasures(RATE, "lot")} />
      </div>
    </>
  );
}
