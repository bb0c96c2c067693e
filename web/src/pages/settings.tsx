/** Keys, for the administrator. */

import { useState } from "preact/hooks";
import { api, taken, type Schemas } from "../api/client";
import { useResource } from "../api/resource";
import { day, zoneName } from "../format";
import { t } from "../i18n";
import { mayAdmin, session } from "../session";
import { Doing } from "../ui/doing";
import { Loaded } from "../ui/loaded";

const ROLES: readonly Schemas["Role"][] = ["read", "operate", "admin"];

export function Settings() {
  return (
    <section>
      <h1>{t("settings")}</h1>
      <p>
        {session.value?.name} · {session.value ? t(`role.${session.value.role}`) : ""} · {t("timezone")}{" "}
        {session.value?.zone} ({zoneName()})
      </p>
      {mayAdmin.value ? <Keys /> : <p class="note">{t("needAdmin")}</p>}
    </section>
  );
}

function Keys() {
  const keys = useResource("keys", (signal) => taken(api.GET("/api/v1/keys", { signal })));
  return (
    <section class="panel">
      <h2>{t("key")}</h2>
      <p class="note">{t("keysIntro")}</p>
      <NewKey made={keys.reload} />
      <Loaded resource={keys}>
        {({ items }) => items.length === 0 ? <p class="note">{t("none")}</p> : (
          <table>
            <thead>
              <tr>
                <th scope="col">{t("name")}</th>
                <th scope="col">{t("role")}</th>
                <th scope="col">{t("created")}</th>
                <th scope="col">{t("expires")}</th>
                <th scope="col">
                  <span class="hidden">{t("revoke")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((key) => (
                <tr key={key.id} data-key={key.id}>
                  <th scope="row">{key.name}</th>
                  <td>{t(`role.${key.role}`)}</td>
                  <td>{day(key.created_at)}</td>
                  <td>{key.expires_at ? day(key.expires_at) : t("never")}</td>
                  <td>
                    {key.revoked_at ? (
                      t("revoked")
                    ) : (
                      <Doing work={() => api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: key.id } } })} done={keys.reload}>
                        {t("revoke")}
                      </Doing>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
  );
}

function NewKey({ made }: { made: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Schemas["Role"]>("read");
  const [secret, setSecret] = useState("");
  const [failure, setFailure] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    taken(api.POST("/api/v1/keys", { body: { name, role, expires_at: null } })).then(
      (key) => {
        setSecret(key.secret);
        setFailure("");
        made();
      },
      (error: unknown) => {
        setFailure(error instanceof Error ? error.message : String(error));
      },
    );
  };
  return (
    <form class="filters" onSubmit={submit}>
      <label>
        {t("name")}
        <input
          required
          maxLength={200}
          value={name}
          aria-invalid={failure !== ""}
          aria-describedby="new-key-failure"
          onInput={(event) => {
            setName(event.currentTarget.value);
          }}
        />
      </label>
      <label>
        {t("role")}
        <select
          value={role}
          onChange={(event) => {
            setRole(event.currentTarget.value as Schemas["Role"]);
          }}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {t(`role.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{t("make")}</button>
      <p id="new-key-failure" class="failure-text" role="alert">
        {failure}
      </p>
      {secret ? (
        <p role="status">
          {t("copyNow")} <code>{secret}</code>
        </p>
      ) : null}
    </form>
  );
}
