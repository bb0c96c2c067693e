/** What became of an alert, step by step, and who was told of it with what came of that. */

import type { AlertDetail } from "../api/alerts";
import { api, taken, type Schemas } from "../api/client";
import { ALERT_EVENTS } from "../api/live";
import type { NameOf } from "../api/people";
import { useResource } from "../api/resource";
import { ahead, instant, number } from "../format";
import { hasText, t } from "../i18n";
import { said } from "../i18n/said";
import { Loaded } from "../ui/loaded";

const EVERY_MS = 10_000;

type Props = { alert: AlertDetail; nameOf: NameOf };

export function Course({ alert, nameOf }: Props) {
  return (
    <section class="panel">
      <h2>{t("course")}</h2>
      <ol class="steps">
        {alert.history.map((step, n) => (
          <li key={n} data-step={n}>
            {instant(text(step.detail["event_at"]) || step.at)} <strong>{word(step.kind)}</strong> {about(step, nameOf)}
          </li>
        ))}
      </ol>
    </section>
  );
}

function about(step: Schemas["ChangeOut"], nameOf: NameOf): string {
  const value = step.detail["value"];
  const parts = [
    nameOf(step.by),
    typeof value === "number" ? `${t("value")} ${number(value, 2)}` : "",
    said(step.why || text(step.detail["why"])),
    text(step.detail["comment"]),
  ];
  return parts.filter((each) => each !== "").join(t("pause"));
}

const word = (kind: string) => {
  const key: string = `change.${kind}`;
  return hasText(key) ? t(key) : kind;
};
const text = (value: unknown) => (typeof value === "string" ? value : "");

export function ToldWhom({ alert, nameOf }: Props) {
  const path = { path: { alert_id: alert.id } };
  const told = useResource(
    `told of ${alert.id}`,
    (signal) => taken(api.GET("/api/v1/alerts/{alert_id}/notices", { params: path, signal })),
    { every: EVERY_MS, on: ALERT_EVENTS },
  );
  return (
    <section class="panel">
      <h2>{t("toldWhom")}</h2>
      <p class="note">{t("toldGroup")}</p>
      <Loaded resource={told}>
        {({ total, items }) =>
          total === 0 ? (
            <p class="note">{t("toldNobody")}</p>
          ) : (
            <>
              {total > items.length ? <p class="note">{t("toldNewest", { total, shown: items.length })}</p> : null}
              <div class="scroll" tabIndex={0} role="region" aria-label={t("toldWhom")}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">{t("at")}</th>
                      <th scope="col">{t("whom")}</th>
                      <th scope="col">{t("outcome")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((each) => (
                      <tr key={each.id} data-notice={each.id}>
                        <td>
                          {instant(each.at)}
                          <small>{t(`notice.${each.kind}`)}</small>
                        </td>
                        <td>
                          {each.person === null ? t("groupChat") : nameOf(each.person)}
                          <small>{each.channel}</small>
                        </td>
                        <td>
                          {t(`noticeState.${each.state}`)}
                          <Last notice={each} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }
      </Loaded>
    </section>
  );
}

/** What came of the last attempt, where it did not just go out. */
function Last({ notice }: { notice: Schemas["NoticeOut"] }) {
  const { last, attempts, state, due_at } = notice;
  if (last === null) return state === "waiting" ? <small>{t("sends", { at: ahead(due_at) })}</small> : null;
  const said_ = last.outcome === "sent" ? [] : [t(`outcome.${last.outcome}`), said(last.code)];
  const parts = [...said_, ...(attempts > 1 ? [t("tries", { n: attempts })] : []), ...(state === "waiting" ? [t("sendsNext", { at: ahead(due_at) })] : [])];
  return parts.length === 0 ? null : <small>{parts.filter((each) => each !== "").join(t("pause"))}</small>;
}
