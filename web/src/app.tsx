/** Routes, and the doors before them. */

import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { loadKinds } from "./kinds";
import { t } from "./i18n";
import { Login } from "./pages/login";
import { Overview } from "./pages/overview";
import { prepare } from "./map/opening";
import { sentence } from "./sentence";
import { begin, door } from "./session";
import { lazy } from "./ui/lazy";
import { Shell } from "./ui/shell";

const CityMap = lazy(() => {
  prepare(); // while its code comes
  return import("./pages/map").then((m) => m.CityMap);
});
const Lighting = lazy(() => import("./pages/lighting").then((m) => m.Lighting));
const Air = lazy(() => import("./pages/air").then((m) => m.Air));
const Water = lazy(() => import("./pages/water").then((m) => m.Water));
const Parking = lazy(() => import("./pages/parking").then((m) => m.Parking));
const Springs = lazy(() => import("./pages/springs").then((m) => m.Springs));
const Devices = lazy(() => import("./pages/devices").then((m) => m.Devices));
const DevicePage = lazy(() => import("./pages/device").then((m) => m.DevicePage));
const Ingest = lazy(() => import("./pages/ingest").then((m) => m.Ingest));
const Alerts = lazy(() => import("./pages/alerts").then((m) => m.Alerts));
const AlertPage = lazy(() => import("./pages/alert").then((m) => m.AlertPage));
const AlarmQuality = lazy(() => import("./pages/alarm-quality").then((m) => m.AlarmQuality));
const Incidents = lazy(() => import("./pages/incidents").then((m) => m.Incidents));
const IncidentPage = lazy(() => import("./pages/incident").then((m) => m.IncidentPage));
const Roster = lazy(() => import("./pages/roster").then((m) => m.RosterPage));
const Indicators = lazy(() => import("./pages/indicators").then((m) => m.Indicators));
const IndicatorPage = lazy(() => import("./pages/indicator").then((m) => m.IndicatorPage));
const Reports = lazy(() => import("./pages/reports").then((m) => m.Reports));
const Settings = lazy(() => import("./pages/settings").then((m) => m.Settings));

export function App() {
  const at = door.value;
  if (at === "asking") return <p class="loading">{t("loading")}</p>;
  if (at === "login") return <Login />;
  if (at === "open") {
    return (
      <LocationProvider>
        <Names />
        <Shell>
          <Views />
        </Shell>
      </LocationProvider>
    );
  }
  return (
    <main>
      <div class="failure" role="alert">
      <h1>{t("failed")}</h1>
      <p>{sentence(at)}</p>
      <button type="button" onClick={() => void begin()}>
        {t("retry")}
      </button>
      </div>
    </main>
  );
}

/** Asks for the names of kinds; until they come, and where they do not, the English names of the contract stand. */
function Names() {
  useEffect(() => {
    loadKinds().catch(() => undefined);
  }, []);
  return null;
}

/** A view that fails says so and can be tried again; the others go on. */
function Views() {
  const [failure, setFailure] = useState<Error | null>(null);
  if (failure !== null) {
    return (
      <div class="failure" role="alert">
        <h1>{t("failed")}</h1>
        <p>{failure.message}</p>
        <button
          type="button"
          onClick={() => {
            setFailure(null);
          }}
        >
          {t("retry")}
        </button>
      </div>
    );
  }
  return (
    <ErrorBoundary onError={setFailure}>
      <Router>
        <Route path="/" component={Overview} />
        <Route path="/targets" component={Overview} />
        <Route path="/map" component={CityMap} />
        <Route path="/lighting" component={Lighting} />
        <Route path="/air" component={Air} />
        <Route path="/water" component={Water} />
        <Route path="/parking" component={Parking} />
        <Route path="/springs" component={Springs} />
        <Route path="/devices" component={Devices} />
        <Route path="/devices/:id" component={DevicePage} />
        <Route path="/ingest" component={Ingest} />
        <Route path="/alerts" component={Alerts} />
        <Route path="/alerts/quality" component={AlarmQuality} />
        <Route path="/alerts/:id" component={AlertPage} />
        <Route path="/incidents" component={Incidents} />
        <Route path="/incidents/:id" component={IncidentPage} />
        <Route path="/roster" component={Roster} />
        <Route path="/indicators" component={Indicators} />
        <Route path="/indicators/:name" component={IndicatorPage} />
        <Route path="/reports" component={Reports} />
        <Route path="/settings" component={Settings} />
        <Route default component={NotFound} />
      </Router>
    </ErrorBoundary>
  );
}

function NotFound() {
  return (
    <section>
      <h1>{t("notFound")}</h1>
      <a href="/">{t("toOverview")}</a>
    </section>
  );
}
