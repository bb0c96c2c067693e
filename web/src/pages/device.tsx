/** One device: what it is, what it said last, and what it said over the last day. */

import { useMemo } from "preact/hooks";
import { useRoute } from "preact-iso";
import { allPages, api, ApiError, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { age, clock, instant } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { attributeName, kindName, metricName } from "../kinds";
import { districtName } from "../places";
import { session } from "../session";
import { valueOf } from "../words";
import { AlertsAt } from "../ui/alert-link";
import { Chart } from "../ui/chart";
import { FactList } from "../ui/fact-list";
import { Loaded } from "../ui/loaded";
import { Happened, Ledger } from "./device-arrivals";

type Reading = Schemas["ReadingOut"];
const EVERY_MS = 15_000;
const DAY_MS = 86_400_000;

export function DevicePage() {
  const { params } = useRoute();
  const id = decodeURIComponent(params["id"] ?? "");
  const path = { path: { device_id: id } };
  const detail = useResource(`device ${id}`, (signal) =>
    taken(api.GET("/api/v1/devices/{device_id}", { params: path, signal })),
  );
  return (
    <section>
      <Loaded resource={detail}>
        {({ device, timeline }) => {
          const shown = device ?? timeline.at(-1)?.device;
          return shown ? (
            <>
              <h1>
                {shown.name} <small>{shown.id}</small>
              </h1>
              <AlertsAt device={id} />
              <div class="panels">
                <Facts device={shown} />
                <Latest id={id} />
                <Ledger id={id} />
              </div>
              <LastDay id={id} />
            </>
          ) : null;
        }}
      </Loaded>
    </section>
  );
}

function Facts({ device }: { device: Schemas["DeviceOut"] }) {
  const facts: [string, string][] = [
    [t("kind"), kindName(device.kind)],
    [t("state"), t(`state.${device.state}`)],
    [t("district"), districtName(device.district)],
    [t("responsible"), device.responsible_unit],
    [t("place"), device.lon === null || device.lat === null ? "–" : `${device.lon}, ${device.lat} (WGS-84)`],
    ...Object.entries(device.attributes).map(([k, v]): [string, string] => [attributeName(device.kind, k), valueOf(k, v)]),
  ];
  return (
    <section class="panel">
      <h2>{t("attributes")}</h2>
      {device.synthetic ? <p class="note">{t("synthetic")}</p> : null}
      <FactList facts={facts} />
    </section>
  );
}

function Latest({ id }: { id: string }) {
  const latest = useResource(
    `latest ${id}`,
    (signal) =>
      taken(api.GET("/api/v1/devices/{device_id}/latest", { params: { path: { device_id: id } }, signal })).catch(
        (error: unknown) => {
          if (error instanceof ApiError && error.status === 404) return "none" as const;
          throw error;
        },
      ),
    { every: EVERY_MS },
  );
  return (
    <section class="panel">
      <h2>{t("latest")}</h2>
      <Loaded resource={latest}>
        {(found) => (found === "none" ? <p class="note">{t("noReading")}</p> : <Said {...found} />)}
      </Loaded>
    </section>
  );
}

function Said({ reading, age_s, fresh }: Schemas["LatestOut"]) {
  return (
    <>
      <p class={fresh ? "fresh" : "not-fresh"} data-at={reading.at}>
        <strong>{fresh ? t("fresh") : t("notFresh")}</strong> {instant(reading.at)} ({age(age_s)})
      </p>
      <FactList
        facts={Object.entries(reading.values).map(([name, value]) => [
          metricName(reading.kind, name),
          valueOf(name, value),
          name,
        ])}
      />
      {reading.faults.length ? (
        <p>
          {t("faults")}: {reading.faults.map(said).join(t("comma"))}
        </p>
      ) : null}
    </>
  );
}

function LastDay({ id }: { id: string }) {
  const readings = useResource(`day ${id}`, (signal) => {
    const now = new Date(session.value?.now ?? Date.now()).getTime();
    const from = new Date(now - DAY_MS).toISOString();
    // a simulated clock runs ahead of the one this page was opened at
    const to = new Date(now + DAY_MS).toISOString();
    const query = new URLSearchParams({ from, to, limit: "1000" });
    return allPages<Reading>(`/api/v1/devices/${encodeURIComponent(id)}/readings?${query}`, signal);
  });
  return (
    <Loaded resource={readings}>
      {(items) => (
        <>
          <section class="panel">
            <h2>{t("last24h")}</h2>
            {items.length ? <Series readings={items} /> : <p class="note">{t("noReading")}</p>}
          </section>
          <Happened readings={items} />
        </>
      )}
    </Loaded>
  );
}

function Series({ readings }: { readings: readonly Reading[] }) {
  const names = [...new Set(readings.flatMap((r) => numeric(r).map(([name]) => name)))];
  const options = useMemo(
    () =>
      names.map((name) => ({
        xAxis: { type: "time", axisLabel: { formatter: (at: number) => clock(new Date(at).toISOString()).slice(0, 5) } },
        yAxis: { type: "value" },
        series: [
          {
            name,
            type: "line",
            showSymbol: readings.length < 60,
            data: readings.flatMap((r) => (typeof r.values[name] === "number" ? [[r.at, r.values[name]]] : [])),
          },
        ],
      })),
    [readings],
  );
  return (
    <div class="charts">
      {names.map((name, n) => {
        const option = options[n];
        return option ? (
          <figure key={name}>
            <figcaption>{metricName(readings[0]?.kind ?? "", name)}</figcaption>
            <Chart option={option} label={`${metricName(readings[0]?.kind ?? "", name)}${t("pause")}${t("last24h")}`} />
          </figure>
        ) : null;
      })}
    </div>
  );
}

function numeric(reading: Reading): [string, number][] {
  return Object.entries(reading.values).filter((entry): entry is [string, number] => typeof entry[1] === "number");
}
