/** Case files, newest first, and a new one by hand. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { caseState, caseTitle } from "../alerts";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { instant } from "../format";
import { t } from "../i18n";
import { lang, mayOperate } from "../session";
import { Loaded } from "../ui/loaded";
import { SeverityMark } from "../ui/severity";

const EVERY_MS = 15_000;

export function Incidents() {
  const [open, setOpen] = useState(true);
  const cases = useResource(
    `incidents ${open}`,
    (signal) => taken(api.GET("/api/v1/incidents", { params: { query: open ? { open } : {} }, signal })),
    { every: EVERY_MS, on: ["incident.changed"] },
  );
  return (
    <section>
      <h1>{t("incidents")}</h1>
      {mayOperate.value ? <NewCase /> : null}
      <div class="chips" role="group" aria-label={t("state")}>
        {[true, false].map((each) => (
          <button
            key={String(each)}
            type="button"
            class="chip"
            aria-pressed={open === each}
            onClick={() => {
              setOpen(each);
            }}
          >
            {each ? t("openOnly") : t("all")}
          </button>
        ))}
      </div>
      <Loaded resource={cases}>
        {({ items }) => (items.length ? <Table items={items} /> : <p class="note">{t("noCases")}</p>)}
      </Loaded>
    </section>
  );
}

function Table({ items }: { items: readonly Schemas["IncidentOut"][] }) {
  return (
    <table class="cards-when-narrow">
      <thead>
        <tr>
          <th scope="col">{t("incidents")}</th>
          <th scope="col">{t("severity")}</th>
          <th scope="col">{t("state")}</th>
          <th scope="col">{t("unit")}</th>
          <th scope="col">{t("since")}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((each) => (
          <tr key={each.id}>
            <th scope="row">
              <a href={`/incidents/${each.id}`}>{caseTitle(each)}</a>
              <small>{each.id}</small>
            </th>
            <td>
              <SeverityMark severity={each.severity} />
            </td>
            <td>{caseState(each)}</td>
            <td>
              {each.tasks.length === 0 ? "–" : null}
              {each.tasks.map((task) => (
                <small key={task.unit} class={`card-${task.card}`}>
                  {task.unit} {t(`task.${task.state}`)} {task.card === "none" ? "" : t(`card.${task.card}`)}
                </small>
              ))}
            </td>
            <td>{instant(each.opened_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NewCase() {
  const { route } = useLocation();
  const [title, setTitle] = useState("");
  const [category, setCategory] = useState("other");
  const [failure, setFailure] = useState("");
  const categories = useResource("categories", (signal) => taken(api.GET("/api/v1/incidents/categories", { signal })));
  const submit = (event: Event) => {
    event.preventDefault();
    taken(api.POST("/api/v1/incidents", { body: { title, category, origin: "phone", severity: "minor" } })).then(
      (made) => {
        route(`/incidents/${made.id}`);
      },
      (error: unknown) => {
        setFailure(error instanceof Error ? error.message : String(error));
      },
    );
  };
  return (
    <form class="filters" onSubmit={submit} aria-label={t("newCase")}>
      <label>
        {t("caseTitle")}
        <input
          required
          maxLength={200}
          value={title}
          aria-invalid={failure !== ""}
          aria-describedby="new-case-failure"
          onInput={(event) => {
            setTitle(event.currentTarget.value);
          }}
        />
      </label>
      <label>
        {t("category")}
        <select
          value={category}
          onChange={(event) => {
            setCategory(event.currentTarget.value);
          }}
        >
          {(categories.data?.items ?? []).map((each) => (
            <option key={each.id} value={each.id}>
              {lang.value === "zh" ? each.title : each.title_en}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{t("newCase")}</button>
      <p id="new-case-failure" class="failure-text" role="alert">
        {failure}
      </p>
    </form>
  );
}
