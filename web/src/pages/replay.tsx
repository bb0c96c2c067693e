/** Replaying what waits in the quarantine: first what it would do, then doing it, then how far it is. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant, number } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { Doing } from "../ui/doing";
import { reasonName } from "./reasons";

type Reason = Schemas["Reason"];
const LIMIT = 100_000;
const EVERY_MS = 5_000;

/** `waiting`: whether there is anything to replay; what was replayed is shown in any case. */
export function Replay({ waiting, reason, done }: { waiting: boolean; reason: Reason | ""; done: () => void }) {
  const [trial, setTrial] = useState<{ of: Reason | ""; found: Schemas["TrialOut"] } | null>(null);
  const replays = useResource(
    "replays",
    (signal) => taken(api.GET("/api/v1/quarantine/replays", { params: { query: { limit: 3 } }, signal })),
    { every: EVERY_MS },
  );
  const body = { reason: reason || null, entries: [], limit: LIMIT };
  const shown = trial?.of === reason ? trial.found : null;
  return (
    <div class="replay">
      {waiting ? (
      <Doing
        work={async () => {
          setTrial({ of: reason, found: await taken(api.POST("/api/v1/quarantine/replays/trial", { body })) });
        }}
        done={() => undefined}
      >
        {t("tryReplay")}
      </Doing>
      ) : null}{" "}
      {shown ? <Trial trial={shown} /> : null}
      {shown && shown.accepted > 0 ? (
        <Doing
          work={() => taken(api.POST("/api/v1/quarantine/replays", { body }))}
          done={() => {
            setTrial(null);
            replays.reload();
            done();
          }}
        >
          {t("beginReplay", { count: number(shown.entries, 0) })}
        </Doing>
      ) : null}
      <ul class="plain">
        {(replays.data?.items ?? []).map((each) => (
          <li key={each.id} data-replay={each.id}>
            {instant(each.at)} {each.author}: {each.reason ? reasonName(each.reason) : t("all")} ·{" "}
            {t("replayed", { done: number(each.replayed, 0), items: number(each.items, 0), again: number(each.again, 0) })}
            {each.finished_at ? null : ` · ${t("underWay")}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Trial({ trial }: { trial: Schemas["TrialOut"] }) {
  const rejected = Object.entries(trial.rejected).filter(([, n]) => n > 0);
  return (
    <p role="status">
      {t("wouldAccept", { accepted: number(trial.accepted, 0), entries: number(trial.entries, 0) })}
      {rejected.map(([name, n]) => ` ${reasonName(name)} ${number(n, 0)}`).join(t("pause"))}
      {trial.examples[0] ? <small> {said(trial.examples[0].detail)}</small> : null}
    </p>
  );
}
