/** Who is on duty now, by role; an empty post is told as one. */

import { api, taken } from "../api/client";
import { useResource } from "../api/resource";
import { instant } from "../format";
import { t } from "../i18n";
import { Loaded } from "../ui/loaded";

const EVERY_MS = 30_000;

export function Roster() {
  const now = useResource("on duty", (signal) => taken(api.GET("/api/v1/duty/now", { signal })), { every: EVERY_MS });
  return (
    <section>
      <h1>{t("roster")}</h1>
      <Loaded resource={now}>
        {(found) => (
          <>
            <p class="note">{instant(found.at)}</p>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("role")}</th>
                  <th scope="col">{t("person")}</th>
                </tr>
              </thead>
              <tbody>
                {found.roles.map((role) => (
                  <tr key={role.role}>
                    <th scope="row">{role.title}</th>
                    <td>
                      {role.people.length > 0 ? (
                        role.people.map((person) => person.name).join("、")
                      ) : (
                        <strong class="unknown-count">{t("nobody")}</strong>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </section>
  );
}
