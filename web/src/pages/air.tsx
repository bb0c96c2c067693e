import { useState } from "preact/hooks";
import { namesOf, usePlaces } from "../api/places";
import { clock } from "../format";
import { t } from "../i18n";
import { scopeName } from "../places";
import { Headline, MeasureTable, useMeasures } from "../ui/measures";
import { Calendar } from "./air-calendar";
import { GradeMark, Hours } from "./air-pollutants";
import { WarningPanel } from "./air-warning";

/** The index now, the warning, the pollutants by hour, and the days of a year, of the city and of each station. */
export function Air() {
  const [scope, setScope] = useState("city");
  const stations = useMeasures("aqi", "station");
  const city = useMeasures("aqi", "city");
  const names = namesOf(usePlaces("air_station").data);
  const scopes = ["city", ...(stations.data ?? []).map((each) => each.scope)];
  const newest = [...(city.data ?? []), ...(stations.data ?? [])].find((each) => each.scope === scope);
  const name = scopeName(scope, names);
  return (
    <section>
      <h1>{t("air")}</h1>
      <div class="panels">
        <Headline indicator="aqi" title="AQI" />
        <WarningPanel />
      </div>
      <div class="filters">
        <label>
          {t("scope")}
          <select
            value={scope}
            onChange={(event) => {
              setScope(event.currentTarget.value);
            }}
          >
            {scopes.map((each) => (
              <option key={each} value={each}>
                {scopeName(each, names)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Calendar scope={scope} name={name} />
      <Hours scope={scope} name={name} newest={newest} />
      <MeasureTable
        title={t("stations")}
        rows={stations}
        names={names}
        columns={[
          { title: t("grade"), cell: (m) => <GradeMark measure={m} /> },
          { title: t("primary"), cell: (m) => (m.detail["primary_pollutants"] as string[]).join(t("comma")) || "–" },
          { title: t("hourEnding"), cell: (m) => clock(m.detail["hour_ending"] as string | null) },
        ]}
      />
    </section>
  );
}
