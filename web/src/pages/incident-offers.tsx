/** What a call of the hotline may be about: alerts, case files and devices near its place. A person decides. */

import { useState } from "preact/hooks";
import { act, type Case } from "../api/incidents";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant } from "../format";
import { t } from "../i18n";
import { mayOperate } from "../session";
import { Doing } from "../ui/doing";
import { Loaded } from "../ui/loaded";

type Found = Schemas["OffersOut"];

/** Shown for an open case file that came by a call and has a place. */
export function Offers({ file, reload }: { file: Case; reload: () => void }) {
  if (file.closed_at || file.tickets.length === 0 || file.lon === null || file.lat === null) return null;
  return <Near file={file} place={{ lon: file.lon, lat: file.lat }} reload={reload} />;
}

function Near({ file, place, reload }: { file: Case; place: { lon: number; lat: number }; reload: () => void }) {
  const query = { text: `${file.title} ${file.text}`.trim().slice(0, 1000), ...place };
  const offers = useResource(`offers ${file.id} ${file.version}`, (signal) =>
    taken(api.GET("/api/v1/incidents/offers", { params: { query }, signal })),
  );
  return (
    <section class="panel">
      <h2>{t("mayBeAbout")}</h2>
      <Loaded resource={offers}>{(found) => <List file={file} found={found} reload={reload} />}</Loaded>
    </section>
  );
}

function List({ file, found, reload }: { file: Case; found: Found; reload: () => void }) {
  const [rejected, setRejected] = useState(() => known(file.id));
  const reject = (id: string) => {
    const more = [...rejected, id];
    localStorage.setItem(key(file.id), JSON.stringify(more));
    setRejected(more);
  };
  const alerts = found.alerts.filter((each) => !file.alerts.includes(each.id) && !rejected.includes(each.id));
  const cases = found.incidents.filter((each) => each.id !== file.id && !rejected.includes(each.id));
  if (alerts.length + cases.length + found.devices.length === 0) return <p class="note">{t("nothingNear")}</p>;
  return (
    <ul>
      {alerts.map((each) => (
        <li key={each.id}>
          <Said offer={each} />{" "}
          {mayOperate.value ? (
            <>
              <Doing work={() => act(file.id, { action: "attach_alert", alert: each.id })} done={reload}>
                {t("do.attach")}
              </Doing>{" "}
              <Not say={reject} id={each.id} />
            </>
          ) : null}
        </li>
      ))}
      {cases.map((each) => (
        <li key={each.id}>
          <a href={`/incidents/${each.id}`}>{each.id}</a>: <Said offer={each} /> <Not say={reject} id={each.id} />
        </li>
      ))}
      {found.devices.map((each) => (
        <li key={each.id}>
          <a href={`/devices/${encodeURIComponent(each.id)}`}>{each.name}</a> {Math.round(each.distance)} m{" "}
          {each.fits ? t("fits") : ""}
        </li>
      ))}
    </ul>
  );
}

function Said({ offer }: { offer: Schemas["OfferOut"] }) {
  return (
    <>
      {offer.title}, {Math.round(offer.distance)} m, {instant(offer.since)} {offer.fits ? t("fits") : ""}
    </>
  );
}

function Not({ say, id }: { say: (id: string) => void; id: string }) {
  return (
    <button
      type="button"
      onClick={() => {
        say(id);
      }}
    >
      {t("notThis")}
    </button>
  );
}

/** What was put aside is remembered in this browser: the service only offers, and records what is accepted. */
function key(file: string): string {
  return `not-about ${file}`;
}

function known(file: string): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(key(file)) ?? "[]");
    return Array.isArray(read) ? read.filter((each): each is string => typeof each === "string") : [];
  } catch {
    return [];
  }
}
