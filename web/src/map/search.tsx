/** Finding a device on the map by its name or code, and what is said of the one that was picked. */

import { useState } from "preact/hooks";
import { api, ApiError, taken, type Device, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { age, instant, number } from "../format";
import { t } from "../i18n";
import { kindName, metricName } from "../kinds";
import { districtName } from "../places";
import { AlertsAt } from "../ui/alert-link";
import { Loaded } from "../ui/loaded";

const SHOWN = 8;
const EVERY_MS = 15_000;

export function Search({ found }: { found: (device: Device) => void }) {
  const [q, setQ] = useState("");
  const wanted = q.trim();
  const hits = useResource(`map ${wanted}`, async (signal): Promise<readonly Device[]> => {
    if (wanted.length < 2) return [];
    const query = { q: wanted, limit: SHOWN };
    const list = (await taken(api.GET("/api/v1/devices", { params: { query }, signal }))) as Schemas["DeviceList"];
    return list.items;
  });
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const [first] = hits.data ?? [];
        if (first) found(first);
      }}
    >
      <input
        type="search"
        aria-label={t("mapSearch")}
        placeholder={t("mapSearch")}
        value={q}
        onInput={(event) => {
          setQ(event.currentTarget.value);
        }}
      />
      {hits.data && hits.data.length > 0 ? (
        <ul>
          {hits.data.map((device) => (
            <li key={device.id}>
              <button
                type="button"
                onClick={() => {
                  setQ("");
                  found(device);
                }}
              >
                {device.name} <small>{kindName(device.kind)} · {device.id}</small>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {wanted.length >= 2 && hits.data?.length === 0 && !hits.loading ? <p class="picked">{t("noResults")}</p> : null}
    </form>
  );
}

/** What a device is and said last, with the way to its page. */
export function Picked({ id, close }: { id: string; close: () => void }) {
  const path = { path: { device_id: id } };
  const detail = useResource(`picked ${id}`, (signal) =>
    taken(api.GET("/api/v1/devices/{device_id}", { params: path, signal })),
  );
  return (
    <aside class="picked" aria-label={id}>
      <Loaded resource={detail}>
        {({ device, timeline }) => {
          const shown = device ?? timeline.at(-1)?.device;
          return shown ? (
            <>
              <h2>{shown.name}</h2>
              <p class="note">
                {kindName(shown.kind)} · {shown.id} · {districtName(shown.district)}
                {shown.lon === null ? ` · ${t("notOnMap")}` : ""}
              </p>
            </>
          ) : null;
        }}
      </Loaded>
      <Latest id={id} />
      <AlertsAt device={id} />
      <a href={`/devices/${encodeURIComponent(id)}`}>{t("toDevice")}</a>{" "}
      <button type="button" onClick={close}>
        {t("close")}
      </button>
    </aside>
  );
}

function Latest({ id }: { id: string }) {
  const latest = useResource(
    `picked latest ${id}`,
    (signal) =>
      taken(api.GET("/api/v1/devices/{device_id}/latest", { params: { path: { device_id: id } }, signal })).catch(
        (error: unknown) => {
          if (error instanceof ApiError && error.status === 404) return null;
          throw error;
        },
      ),
    { every: EVERY_MS },
  );
  if (latest.data === null) return latest.loading ? null : <p class="note">{t("noReading")}</p>;
  const { reading, age_s, fresh } = latest.data;
  return (
    <>
      <p class={fresh ? "fresh" : "not-fresh"}>
        <strong>{fresh ? t("fresh") : t("notFresh")}</strong> {instant(reading.at)} ({age(age_s)})
      </p>
      <p>
        {Object.entries(reading.values)
          .slice(0, 4)
          .map(([name, value]) => `${metricName(reading.kind, name)} ${typeof value === "number" ? number(value, 2) : String(value)}`)
          .join(" · ")}
      </p>
    </>
  );
}
