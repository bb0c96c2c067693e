/** What a call of the hotline may be about: alerts, case files and devices near its place. A person decides. */

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
  return <Around file={file} place={{ lon: file.lon, lat: file.lat }} reload={reload} />;
}

function Around({ file, place, reload }: { file: Case; place: { lon: number; lat: number }; reload: () => void }) {
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
  const alerts = found.alerts.filter((each) => !file.alerts.includes(each.id));
  const cases = found.incidents.filter((each) => each.id !== file.id);
  const lines = [
    ...alerts.map((each) => ({ id: each.id, line: <Alerted offer={each} />, attach: true })),
    ...cases.map((each) => ({ id: each.id, line: <Filed offer={each} />, attach: false })),
    ...found.devices.map((each) => ({ id: each.id, line: <Near device={each} />, attach: false })),
  ];
  const gone = new Set(file.rejected);
  const open = lines.filter((each) => !gone.has(each.id));
  const aside = lines.filter((each) => gone.has(each.id));
  return (
    <>
      {open.length === 0 ? <p class="note">{t("nothingNear")}</p> : null}
      <ul>
        {open.map(({ id, line, attach }) => (
          <li key={id}>
            {line}{" "}
            {attach && mayOperate.value ? (
              <Doing work={() => act(file.id, { action: "attach_alert", alert: id })} done={reload}>
                {t("do.attach")}
              </Doing>
            ) : null}{" "}
            <Reject file={file} id={id} rejected reload={reload} />
          </li>
        ))}
      </ul>
      {aside.length > 0 ? (
        <details>
          <summary>{t("rejectedOffers", { count: aside.length })}</summary>
          <ul>
            {aside.map(({ id, line }) => (
              <li key={id}>
                {line} <Reject file={file} id={id} rejected={false} reload={reload} />
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

function Alerted({ offer }: { offer: Schemas["OfferOut"] }) {
  return (
    <a href={`/alerts/${offer.id}`}>
      <Said offer={offer} />
    </a>
  );
}

function Filed({ offer }: { offer: Schemas["OfferOut"] }) {
  return (
    <>
      <a href={`/incidents/${offer.id}`}>{offer.id}</a>: <Said offer={offer} />
    </>
  );
}

function Near({ device }: { device: Schemas["NearDeviceOut"] }) {
  return (
    <>
      <a href={`/devices/${encodeURIComponent(device.id)}`}>{device.name}</a> {Math.round(device.distance)} m{" "}
      {device.fits ? t("fits") : ""}
    </>
  );
}

function Said({ offer }: { offer: Schemas["OfferOut"] }) {
  return (
    <>
      {offer.title}, {Math.round(offer.distance)} m, {instant(offer.since)} {offer.fits ? t("fits") : ""}
    </>
  );
}

/** A person says that it is not this, or that it may be after all: kept in the case file, for everybody. */
function Reject({ file, id, rejected, reload }: { file: Case; id: string; rejected: boolean; reload: () => void }) {
  if (!mayOperate.value) return null;
  return (
    <Doing work={() => act(file.id, { action: "reject_offer", offer: id, rejected })} done={reload}>
      {t(rejected ? "notThis" : "perhapsAfterAll")}
    </Doing>
  );
}
