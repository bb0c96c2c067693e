import { t } from "../i18n";
import { HistoryChart } from "../ui/history";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";
import { Cabinets } from "./lighting-cabinets";
import { DarkLamps } from "./lighting-dark";

/** Tonight's rate of the city, by road class and district, the roads that are worst off, dark lamps and cabinets. */
export function Lighting() {
  const classes = useMeasures("light_on_rate", "road_class");
  const districts = useMeasures("light_on_rate", "district");
  const roads = useMeasures("light_on_rate", "road");
  return (
    <section>
      <h1>{t("lighting")}</h1>
      <div class="panels">
        <Headline indicator="light_on_rate" title={t("tonight")} />
        <HistoryChart indicator="light_on_rate" scope="city" title={t("tonightCurve")} limit={98} />
      </div>
      <div class="panels">
        <MeasureTable title={t("byRoadClass")} rows={classes} />
        <MeasureTable title={t("byDistrict")} rows={districts} worstFirst />
        <MeasureTable title={t("darkRoads")} rows={roads} worstFirst most={20} />
      </div>
      <DarkLamps />
      <Cabinets />
    </section>
  );
}
