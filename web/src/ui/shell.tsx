/** What stands around every page: navigation, the city's clock, banners, and how one likes the page. */

import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { api, taken } from "../api/client";
import { heard, lostSince } from "../api/live";
import { useOpenAlerts } from "../api/open-alerts";
import { useResource } from "../api/resource";
import { clock, day, instant, zoneName } from "../format";
import { t, type Key } from "../i18n";
import { cityNow, lang, logOut, session, theme, wall, type Theme } from "../session";
import { ExplainDialog } from "./explain";
import { useRotation, WallBar } from "./wall";

const VIEWS: readonly [string, Key][] = [
  ["/", "overview"],
  ["/alerts", "alerts"],
  ["/incidents", "incidents"],
  ["/map", "map"],
  ["/lighting", "lighting"],
  ["/air", "air"],
  ["/water", "water"],
  ["/springs", "springs"],
  ["/parking", "parking"],
  ["/indicators", "indicators"],
  ["/devices", "devices"],
  ["/ingest", "ingest"],
  ["/roster", "roster"],
  ["/reports", "reports"],
  ["/settings", "settings"],
];
const ASK_MS = 5_000;
const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Shell({ children }: { children: ComponentChildren }) {
  useRotation();
  const status = useService().data;
  const alerts = useOpenAlerts(false).data;
  return (
    <>
      <a class="skip" href="#content">
        {t("skip")}
      </a>
      <Header now={status?.now} alerts={alerts?.length ?? 0} />
      <Banners engine={status?.engine ?? {}} />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      {wall.value ? <WallBar alerts={alerts ?? []} /> : null}
      <ExplainDialog />
    </>
  );
}

function Header({ now, alerts }: { now: string | undefined; alerts: number }) {
  const { path } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path, lang.value, alerts > 0 ? String(alerts).length : 0]); // on a telephone the views are a row that scrolls, wider with the badge
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>{t("title")}</span>
        <small>{t("subtitle", { city: session.value?.city ?? "" })}</small>
      </a>
      <nav ref={nav} aria-label={t("nav")}>
        {VIEWS.map(([href, key]) => {
          const here = href === "/" ? path === "/" : path.startsWith(href);
          return (
            <a key={href} href={href} aria-current={here ? "page" : undefined}>
              {t(key)}
              {key === "alerts" && alerts > 0 ? <span class="badge">{alerts}</span> : null}
            </a>
          );
        })}
      </nav>
      <CityClock now={now} />
      <Controls />
    </header>
  );
}

function Controls() {
  return (
    <div class="controls">
      <button
        type="button"
        lang={lang.value === "zh" ? "en" : "zh-CN"}
        onClick={() => (lang.value = lang.value === "zh" ? "en" : "zh")}
      >
        {lang.value === "zh" ? "English" : "中文"}
      </button>
      <label>
        <span class="hidden">{t("theme")}</span>
        <select
          value={theme.value}
          onChange={(event) => {
            theme.value = event.currentTarget.value as Theme;
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {t(`theme.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="wall-switch" onClick={() => (wall.value = true)}>
        {t("wall")}
      </button>
      {session.value && !session.value.anonymous ? (
        <button type="button" onClick={() => void logOut()}>
          {t("logout")}
        </button>
      ) : null}
    </div>
  );
}

/** The city's time as the service last said it; a clock that ran on by itself could look fresh when nothing is. */
function CityClock({ now }: { now: string | undefined }) {
  return (
    <div class="clock">
      <span class="hidden">{t("cityClock")}</span>
      <time dateTime={now}>
        {day(now)} {clock(now)}
      </time>
      <small>{zoneName()}</small>
    </div>
  );
}

function Banners({ engine }: { engine: Record<string, unknown> }) {
  const since = lostSince.value;
  return (
    <div class="banners" aria-live="polite">
      {session.value?.simulated ? <p class="banner simulated">{t("simulated")}</p> : null}
      {since !== null ? <p class="banner lost">{t("staleBanner", { since: instant(new Date(since).toISOString()) })}</p> : null}
      {engine["catching_up"] === true ? <p class="banner late">{t(engine["starting"] === true ? "starting" : "catchingUp")}</p> : null}
    </div>
  );
}

function useService() {
  const status = useResource("service", (signal) => taken(api.GET("/api/v1/ingest", { signal })), { every: ASK_MS });
  useEffect(() => {
    if (!status.loading) heard(status.error === null);
    if (status.data) cityNow.value = status.data.now;
  }, [status.loading, status.error]);
  return status;
}
