/** A case file as an emergency (突发事件): which reports it owes, by when and to whom, and what is overdue. */

import { useState } from "preact/hooks";
import { act, type Case } from "../api/incidents";
import { instant } from "../format";
import { t } from "../i18n";
import { cityNow, mayOperate } from "../session";
import { Doing } from "../ui/doing";

const GRADES = ["general", "larger", "serious", "extreme"] as const;

export function Reports({ file, reload }: { file: Case; reload: () => void }) {
  if (file.grade === null) return mayOperate.value && !file.closed_at ? <Upgrade file={file} reload={reload} /> : null;
  return (
    <section class="panel">
      <h2>{t("emergencyOf", { grade: t(`grade.${file.grade}`), at: instant(file.upgraded_at) })}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("reportDue")}</th>
            <th scope="col">{t("due")}</th>
            <th scope="col">{t("reportTo")}</th>
            <th scope="col">{t("state")}</th>
          </tr>
        </thead>
        <tbody>
          {file.reports.map((report) => (
            <Line key={report.report} file={file} report={report} reload={reload} />
          ))}
        </tbody>
      </table>
      {file.reports.length === 0 ? <p class="note">{t("noReportsDue")}</p> : null}
    </section>
  );
}

type Report = Case["reports"][number];

function Line({ file, report, reload }: { file: Case; report: Report; reload: () => void }) {
  const now = cityNow.value;
  const late = report.done_at === null && now !== null && Date.parse(report.due) < Date.parse(now);
  const name = report.report === "phone" ? "phone" : "writing";
  return (
    <tr>
      <th scope="row">{t(`report.${name}`)}</th>
      <td class={late ? "card-red" : ""}>
        {instant(report.due)} {late ? t("overdue") : ""}
      </td>
      <td>{report.to}</td>
      <td>
        {report.done_at !== null ? `${t("reportedAt")} ${instant(report.done_at)}` : late ? "" : t("reportOwed")}
        {report.done_at === null && mayOperate.value ? (
          <Doing work={() => act(file.id, { action: "report", report: name, to: report.to })} done={reload}>
            {t("do.report")}
          </Doing>
        ) : null}
      </td>
    </tr>
  );
}

function Upgrade({ file, reload }: { file: Case; reload: () => void }) {
  const [grade, setGrade] = useState<(typeof GRADES)[number]>("general");
  return (
    <div class="filters">
      <label>
        {t("emergencyGrade")}
        <select
          value={grade}
          onChange={(event) => {
            setGrade(event.currentTarget.value as (typeof GRADES)[number]);
          }}
        >
          {GRADES.map((each) => (
            <option key={each} value={each}>
              {t(`grade.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <Doing work={() => act(file.id, { action: "upgrade", grade })} done={reload}>
        {t("do.upgrade")}
      </Doing>
    </div>
  );
}
