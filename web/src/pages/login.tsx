import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { t } from "../i18n";
import { logIn } from "../session";

/** Asks for a key. What was typed stays when it is refused. */
export function Login() {
  const [key, setKey] = useState("");
  const [failure, setFailure] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    logIn(key).catch((error: unknown) => {
      const refused = error instanceof ApiError && error.status === 401;
      setFailure(refused ? t("keyWrong") : error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <main class="login">
      <form onSubmit={submit}>
        <h1>
          <img src="/favicon.svg" alt="" width="40" height="40" /> {t("title")}
        </h1>
        <label for="key">{t("key")}</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          required
          value={key}
          aria-describedby="key-hint key-failure"
          aria-invalid={failure !== ""}
          onInput={(event) => {
            setKey(event.currentTarget.value);
          }}
        />
        <small id="key-hint">{t("keyHint")}</small>
        <p id="key-failure" class="failure-text" role="alert">
          {failure}
        </p>
        <button type="submit">{t("login")}</button>
      </form>
    </main>
  );
}
