/** How the data come in: the books, the engine, gateways, and what is in the quarantine with its reason. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant, number } from "../format";
import { Replay } from "./replay";
import { reasonName } from "./reasons";
import { hasText, t } from "../i18n";
import { Said } from "../i18n/said";
import { mayOperate } from "../session";
import { Loaded } from "../ui/loaded";

const EVERY_MS = 5_000;
type Tree = { [name: string]: unknown };

export function Ingest() {
  const status = useResource("service", (signal) => taken(api.GET("/api/v1/ingest", { signal })), { every: EVERY_MS });
  return (
    <section>
      <h1>{t("ingest")}</h1>
      <Loaded resource={status}>
        {(data) => (
          <>
            <div class="panels" data-at={data.now}>
              <Books accounting={data.accounting} />
              <Engine engine={data.engine} />
              <Gateways gateways={data.gateways} />
            </div>
          </>
        )}
      </Loaded>
      <Quarantine />
    </section>
  );
}

function Books({ accounting }: { accounting: Tree }) {
  return (
    <section class="panel">
      <h2>{t("accounting")}</h2>
      <p class="note">{t("accountingHint")}</p>
      <Identity readings={accounting["readings"] as Record<string, number>} />
      <NotKept senders={(accounting["not_kept_by_sender"] ?? {}) as Record<string, Record<string, number>>} />
      <details>
        <summary>{t("allCounts")}</summary>
        <Facts tree={accounting} above="accounting." />
      </details>
    </section>
  );
}

/** `replaced` is part of `stored`. */
const PARTS = ["stored", "duplicate", "conflict", "quarantined", "not_kept", "in_hand"] as const;

/** The books as one line: what was read, and where each of it is. */
function Identity({ readings }: { readings: Record<string, number> }) {
  const parts = PARTS.filter((name) => name in readings);
  const sum = parts.reduce((all, name) => all + (readings[name] ?? 0), 0);
  const kept = sum === readings["readings"];
  return (
    <>
      <p class="big" data-count="accounting.readings.readings">{number(readings["readings"], 0)}</p>
      <p>
        = {parts.map((name) => `${countName(name)} ${number(readings[name], 0)}`).join(" + ")}{" "}
        <strong class={kept ? "good-text" : "failure-text"}>{kept ? t("identityKept") : t("identityBroken")}</strong>
      </p>
    </>
  );
}

/** Whose errors are counted and not kept any more, those with the most first. */
function NotKept({ senders }: { senders: Record<string, Record<string, number>> }) {
  const told = Object.entries(senders);
  if (told.length === 0) return null;
  return (
    <>
      <p class="note">{t("notKeptHint")}</p>
      <ul>
        {told.map(([sender, reasons]) => (
          <li key={sender}>
            {sender || t("noSender")}: {Object.entries(reasons).map(([name, n]) => `${reasonName(name)} ${number(n, 0)}`).join(" · ")}
          </li>
        ))}
      </ul>
    </>
  );
}

function countName(name: string): string {
  const key = `count.${name}`;
  return hasText(key) ? t(key) : reasonName(name);
}

/** What the service counts, as people read it: instants in the city's zone, yes and no in words. */
function counted(value: unknown): string {
  if (typeof value === "number") return number(value, 3);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return instant(value);
  return String(value);
}

function Engine({ engine }: { engine: Tree }) {
  return (
    <section class="panel">
      <h2>{t("engine")}</h2>
      <Facts tree={engine} above="engine." />
    </section>
  );
}

function Facts({ tree, above = "" }: { tree: Tree; above?: string }) {
  return (
    <dl class="facts">
      {Object.entries(tree).map(([name, value]) =>
        typeof value === "object" && value !== null ? (
          <div key={above + name} class="group">
            <dt>{countName(name)}</dt>
            <dd>
              <Facts tree={value as Tree} above={`${above}${name}.`} />
            </dd>
          </div>
        ) : (
          <div key={above + name}>
            <dt>{countName(name)}</dt>
            <dd data-count={above + name}>{counted(value)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Gateways({ gateways }: { gateways: readonly Schemas["GatewayOut"][] }) {
  const offline = gateways.filter((each) => !each.online);
  return (
    <section class="panel">
      <h2>{t("gateways")}</h2>
      <p>
        {t("online")} {gateways.length - offline.length} · {t("offline")} {offline.length}
      </p>
      <ul>
        {offline.slice(0, 50).map((each) => (
          <li key={each.id}>
            {each.id}: {t("offline")}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Quarantine() {
  const [reason, setReason] = useState("");
  const [open, setOpen] = useState<number | null>(null);
  const found = useResource(
    `quarantine ${reason}`,
    (signal) => {
      const query = { limit: 100, ...(reason ? { reason: reason as Schemas["Reason"] } : {}) };
      return taken(api.GET("/api/v1/quarantine", { params: { query }, signal }));
    },
    { every: EVERY_MS },
  );
  return (
    <section class="panel">
      <h2>{t("quarantine")}</h2>
      <p class="note">{t("quarantineHint")}</p>
      <Loaded resource={found}>
        {({ counts, items }) => (
          <>
            <div class="chips" role="group" aria-label={t("reason")}>
              <button type="button" class="chip" aria-pressed={reason === ""} onClick={() => { setReason(""); }}>
                {t("all")}
              </button>
              {Object.entries(counts)
                .filter(([, n]) => n > 0)
                .map(([name, n]) => (
                  <button key={name} type="button" class="chip" aria-pressed={reason === name} onClick={() => { setReason(name); }}>
                    {reasonName(name)} {number(n, 0)}
                  </button>
                ))}
            </div>
            {items.length === 0 ? <p class="note">{t("none")}</p> : null}
            {mayOperate.value ? <Replay waiting={items.length > 0} reason={reason as Schemas["Reason"] | ""} done={found.reload} /> : null}
            {items.map((entry) => (
              <details
                key={entry.id}
                open={open === entry.id}
                onToggle={(event) => {
                  setOpen(event.currentTarget.open ? entry.id : open === entry.id ? null : open);
                }}
              >
                <summary>
                  <strong>{reasonName(entry.reason)}</strong> {entry.device ?? entry.topic} · {instant(entry.arrival)} · <Said text={entry.detail} />
                </summary>
                {open === entry.id ? <Original id={entry.id} /> : null}
              </details>
            ))}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Original({ id }: { id: number }) {
  const entry = useResource(`quarantine entry ${id}`, (signal) =>
    taken(api.GET("/api/v1/quarantine/{entry_id}", { params: { path: { entry_id: id } }, signal })),
  );
  return (
    <Loaded resource={entry}>
      {(found) => (
        <>
          <p>
            {t("topic")}: <code>{found.topic}</code>
          </p>
          <pre tabIndex={0} aria-label={t("payload")}>
            {found.payload_text ?? found.payload_base64}
          </pre>
        </>
      )}
    </Loaded>
  );
}
