/** Wall mode: pages take turns, and an urgent alert is told, and sounds, until somebody acknowledges it. */

import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { alertPlace } from "../alerts";
import { urgent, type Alert } from "../api/open-alerts";
import { instant } from "../format";
import { t } from "../i18n";
import { said } from "../i18n/said";
import { wall } from "../session";
import { screen, showScreens } from "./screens";
import { audible, sound, unmute } from "./siren";

const ROTATED = ["/", "/alerts", "/map", "/lighting", "/air", "/water", "/springs", "/parking"] as const;

/** On the wall the pages take turns, each shown to its end. */
export function useRotation() {
  const { path, route } = useLocation();
  useEffect(() => {
    if (!wall.value) return;
    return showScreens(() => {
      const next = ROTATED[(ROTATED.findIndex((each) => each === path) + 1) % ROTATED.length];
      route(`${next ?? "/"}?wall`);
    });
  }, [path, wall.value]);
}

/** What is urgent, whether it sounds, and the way out of wall mode. Any click or key switches the sound on. */
export function WallBar({ alerts }: { alerts: readonly Alert[] }) {
  const waiting = urgent(alerts);
  const ringing = waiting.length > 0 && audible.value;
  useEffect(() => {
    const touched = () => void unmute();
    const left = (event: KeyboardEvent) => {
      if (event.key === "Escape") wall.value = false;
    };
    document.addEventListener("pointerdown", touched);
    document.addEventListener("keydown", touched);
    document.addEventListener("keydown", left);
    return () => {
      document.removeEventListener("pointerdown", touched);
      document.removeEventListener("keydown", touched);
      document.removeEventListener("keydown", left);
    };
  }, []);
  useEffect(() => (ringing ? sound() : undefined), [ringing]);
  return (
    <footer class={waiting.length > 0 ? "wall-bar urgent" : "wall-bar"} data-ringing={ringing}>
      <div role="alert">
        {waiting.slice(0, 2).map((each) => (
          <p key={each.id}>
            <strong>
              {t(`severity.${each.severity}`)}: {said(each.title)}
            </strong>{" "}
            {alertPlace(each)} · {t("since")} {instant(each.since)}
          </p>
        ))}
        {waiting.length > 2 ? <p>{t("moreUrgent", { count: waiting.length - 2 })}</p> : null}
      </div>
      <span>{waiting.length === 0 ? t("nothingUrgent") : null}</span>
      {screen.value.of > 1 ? <span class="screens">{t("screenOf", screen.value)}</span> : null}
      <span>{t(audible.value ? "soundOn" : "soundBlocked")}</span>
      <button type="button" onClick={() => { wall.value = false; }}>
        {t("wallEnd")}
      </button>
    </footer>
  );
}
