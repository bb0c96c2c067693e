/** Finding a device by name, code, kind or state. */

import { useState } from "preact/hooks";
import { api, taken, type KindName, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { t } from "../i18n";
import { districtName } from "../places";
import { Loaded } from "../ui/loaded";
import { kindName, kinds } from "../kinds";

export function Devices() {
  const [q, setQ] = useState("");
  const [kind, setKind] = useState("");
  const found = useResource(`devices ${q} ${kind}`, (signal) => {
    const query = {
      limit: 100,
      ...(q.trim() ? { q: q.trim() } : {}),
      ...(kind ? { kind: kind as KindName } : {}),
    };
    return taken(api.GET("/api/v1/devices", { params: { query }, signal })) as Promise<Schemas["DeviceList"]>;
  });
  return (
    <section>
      <h1>{t("devices")}</h1>
      <form
        class="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label>
          {t("search")}
          <input
            type="search"
            value={q}
            placeholder={t("searchHint")}
            onInput={(event) => {
              setQ(event.currentTarget.value);
            }}
          />
        </label>
        <label>
          {t("kind")}
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value);
            }}
          >
            <option value="">{t("all")}</option>
            {[...kinds.value.keys()].map((each) => (
              <option key={each} value={each}>
                {kindName(each)}
              </option>
            ))}
          </select>
        </label>
      </form>
      <Loaded resource={found}>
        {({ items }) => (items.length ? <Table items={items} /> : <p class="note">{t("noResults")}</p>)}
      </Loaded>
    </section>
  );
}

function Table({ items }: { items: readonly Schemas["DeviceOut"][] }) {
  return (
    <div class="wide-table" tabIndex={0} role="region" aria-label={t("devices")}>
      <table class="cards-when-narrow">
        <thead>
          <tr>
            <th scope="col">{t("name")}</th>
            <th scope="col">{t("kind")}</th>
            <th scope="col">{t("district")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">{t("responsible")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((device) => (
            <tr key={device.id}>
              <th scope="row">
                <a href={`/devices/${encodeURIComponent(device.id)}`}>{device.name}</a>
                <small>{device.id}</small>
              </th>
              <td>{kindName(device.kind)}</td>
              <td>{districtName(device.district)}</td>
              <td>{t(`state.${device.state}`)}</td>
              <td>{device.responsible_unit}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
