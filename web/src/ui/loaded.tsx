/** What is loaded, or what happened instead and how to go on: never a blank. */

import type { ComponentChildren } from "preact";
import type { Resource } from "../api/resource";
import { instant } from "../format";
import { t } from "../i18n";
import { sentence } from "../sentence";

type Props<T> = { resource: Resource<T>; children: (data: T) => ComponentChildren };

export function Loaded<T>({ resource, children }: Props<T>) {
  const { data, error, at, reload } = resource;
  const failure = error ? (
    <div class="failure" role="alert">
      <strong>{t("failed")}</strong>
      <p>{sentence(error)}</p>
      {data !== null && at !== null ? <p>{t("showing", { at: instant(new Date(at).toISOString()) })}</p> : null}
      <button type="button" onClick={reload}>
        {t("retry")}
      </button>
    </div>
  ) : null;
  if (data === null) return failure ?? <p class="loading">{t("loading")}</p>;
  return (
    <>
      {failure}
      {children(data)}
    </>
  );
}
