"""What a page shows, held against what the API answered it at the same instant, written by the rule of the page."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from playwright.sync_api import Error, Page, Response

from domain.citytime import JINAN

Told = Mapping[str, Any]


class Answers:
    """Everything that the API has answered a page since it was opened."""

    def __init__(self, page: Page) -> None:
        self._kept: list[Response] = []
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        if "/api/v1/" in response.url and "/json" in response.headers.get("content-type", ""):
            self._kept.append(response)

    def forget(self) -> None:
        """Begin anew: the browser keeps no answer of the page before."""
        self._kept.clear()

    def bodies(self, path: str) -> list[Any]:
        """Return the answers to requests whose URL holds `path`, newest first."""
        asked = (_body(each) for each in reversed(self._kept) if path in each.url and each.ok)
        return [body for body in asked if body is not None]


def _body(answer: Response) -> Any:
    """Return what an answer said; `None` for one that the page gave up while its body came: it shows nothing of it."""
    try:
        return answer.json()
    except Error:
        return None


def differences(page: Page, answers: Answers) -> tuple[int, list[str]]:
    """Return how many figures of a page were compared, and which of them are not what the API said."""
    held = [*_measures(page, answers), *_targets(page, answers), *_alerts(page, answers), *_cases(page, answers)]
    held += [*_alert(page, answers), *_books(page, answers), *_latest(page, answers), *_ledger(page, answers)]
    return len(held), [f"{name}: {seen!r} is shown, {said!r} was said" for name, seen, said in held if said not in seen]


Held = Iterator[tuple[str, str, str]]
"""What a figure is called, what is shown, and what must stand in it."""


def _shown(page: Page, selector: str, *names: str) -> list[list[str]]:
    """Return attributes and the text of every element, all of one moment."""
    script = "(all, names) => all.map((each) => [...names.map((name) => each.getAttribute(name)), each.textContent])"
    return [[*keys, " ".join(text.split())] for *keys, text in page.locator(selector).evaluate_all(script, list(names))]


def _measures(page: Page, answers: Answers) -> Held:
    figures = "all => all.map((e) => [e.dataset.measure, e.className, (e.querySelector('strong') ?? e).textContent])"
    found = page.locator("main [data-measure]").evaluate_all(figures)
    known = {f"{m['indicator']} {m['scope']} {m['at']}": m for body in answers.bodies("") for m in _within(body)}
    for name, look, text in found:
        measure = known[name]
        said = _figure(measure, look)
        yield name, f"{text} ", f"{said} "  # a space ends it, or begins a unit's name in Chinese


def _figure(measure: Told, look: str) -> str:
    """Return what an element of a class must show of a measure."""
    if look == "counts":
        return counts(measure)
    if look == "coverage":
        return f"{number(100 * measure['coverage'])} %"
    return _value(measure, 3 if look == "big" else 1)


def measures_shown(page: Page, selector: str) -> list[tuple[str, str, str]]:
    """Return indicator with scope, instant, and text of every element that shows a measure."""
    parted = ((*name.rpartition(" "), text) for name, text in _shown(page, selector, "data-measure"))
    return [(name, at, text) for name, _, at, text in parted]


def _within(body: Any) -> Iterator[Told]:
    """Yield every measure in an answer."""
    if isinstance(body, dict):
        if {"indicator", "scope", "at", "numerator"} <= body.keys():
            yield body
        for each in body.values():
            yield from _within(each)
    elif isinstance(body, list):
        for each in body:
            yield from _within(each)


def _targets(page: Page, answers: Answers) -> Held:
    found = _shown(page, "tr[data-target]", "data-target", "class")
    known = [{a["target"]["id"]: a for a in body["items"]} for body in answers.bodies("/api/v1/targets")]
    for name, verdict, text in found:
        said = next(each for each in (body[name] for body in known) if each["verdict"] == verdict)
        yield name, text, said["target"]["wording"]
        if said["target"]["limit"] is not None:
            yield (
                name,
                text,
                ("不高于 " if said["target"]["direction"] == "<=" else "不低于 ") + number(said["target"]["limit"]),
            )


def _alerts(page: Page, answers: Answers) -> Held:
    found = _shown(page, "tr[data-alert]", "data-alert", "data-version")
    known = {(a["id"], str(a["version"])): a for body in answers.bodies("/api/v1/alerts?") for a in body["items"]}
    for ident, version, text in found:
        alert = known[ident, version]
        yield ident, text, instant(alert["since"])
        yield ident, text, alert["unit"]
        if alert["value"] not in {None, alert["limit"]}:  # the figure of what only is or is not so says nothing
            yield ident, text, number(alert["value"], 2)
    for (count,) in _shown(page, "nav .badge"):
        yield "open alerts", f"{count};", f"{len(answers.bodies('/api/v1/alerts?open=true')[0]['items'])};"


def _alert(page: Page, answers: Answers) -> Held:
    """The page of one alert: its facts, each step of its course, each notice with what came of it."""
    for ident, version, _ in _shown(page, "[data-alert-shown]", "data-alert-shown", "data-version"):
        bodies = answers.bodies(f"/api/v1/alerts/{ident}")
        alert = next(b for b in bodies if "history" in b and str(b["version"]) == version)
        for name, text in _shown(page, "[data-fact]", "data-fact"):
            if name != "state":
                yield name, f"{text};", _fact(alert, name)
        steps = _shown(page, "[data-step]")
        yield "steps", f"{len(steps)};", f"{len(alert['history'])};"
        for (text,), step in zip(steps, alert["history"], strict=True):
            yield f"step {step['kind']}", text, instant(step["detail"].get("event_at", step["at"]))
        told = next(b for b in bodies if "total" in b)
        rows = dict(_shown(page, "[data-notice]", "data-notice"))
        yield "notices", f"{len(rows)};", f"{len(told['items'])};"
        for notice in told["items"]:
            yield f"notice {notice['id']}", rows[str(notice["id"])], instant(notice["at"])
            yield f"notice {notice['id']}", rows[str(notice["id"])], _SENT[notice["state"]]


_SENT = {"waiting": "待发", "sent": "已送出", "dead": "未送达"}


def _fact(alert: Told, name: str) -> str:
    """Return what a fact about an alert must begin with, or hold where a person is named with it."""
    value = alert[name]
    if name == "acknowledged_by":
        return instant(alert["acknowledged_at"])
    if name in {"value", "limit"}:
        return f"{number(value, 2)};"
    return instant(value) if name == "since" or name.endswith(("_at", "_until")) else str(value or "–")


def _cases(page: Page, answers: Answers) -> Held:
    bodies = answers.bodies("/api/v1/incidents?")
    known = {f"/incidents/{case['id']}": case for body in bodies for case in body["items"]}
    rows = page.locator("tr:has(th a[href^='/incidents/'])")
    script = "all => all.map((row) => [row.querySelector('a').getAttribute('href'), row.textContent])"
    for href, text in rows.evaluate_all(script):
        for said in (known[href]["title"], known[href]["state_word"], instant(known[href]["opened_at"])):
            yield href, text, said


def _books(page: Page, answers: Answers) -> Held:
    counts = "all => all.map((e) => [e.closest('[data-at]').dataset.at, e.dataset.count, e.textContent])"
    found = page.locator("[data-at] [data-count]").evaluate_all(counts)
    known = {body["now"]: body for body in answers.bodies("/api/v1/ingest")}
    for at, path, text in found:
        said: Any = known[at]
        for name in path.split("."):
            said = said[name]
        if isinstance(said, int | float) and not isinstance(said, bool):
            yield path, f"{text};", number(said, 3) + ";"


def _latest(page: Page, answers: Answers) -> Held:
    found = _shown(page, "dd[data-field]", "data-field")
    if found:
        (at,) = {each for each, _ in _shown(page, "p[data-at]", "data-at")}
        values = next(b["reading"]["values"] for b in answers.bodies("/latest") if b["reading"]["at"] == at)
        for name, text in found:
            value = values[name]
            yield name, f"{text};", (number(value, 3) if isinstance(value, int | float) else str(value)) + ";"


def _ledger(page: Page, answers: Answers) -> Held:
    for name, text in _shown(page, ".facts dd[data-count]:not([data-at] *)", "data-count"):
        yield name, f"{text};", number(answers.bodies("/ledger")[0][name], 0) + ";"


def _value(measure: Told, digits: int) -> str:
    """Return the figure of a measure, with its unit where every language writes it alike."""
    value = None if measure["coverage"] == 0 else measure["value"]  # nothing is known: no figure at all
    text = number(value, digits)
    return f"{text} %" if measure["unit"] == "%" and value is not None else text


def counts(measure: Told) -> str:
    """Return numerator, denominator and what is unknown, as the page writes them."""
    text = f"{number(measure['numerator'], 0)} / {number(measure['denominator'], 0)}"
    return f"{text}未知 {number(measure['unknown'], 0)}" if measure["unknown"] > 0 else text


def number(value: float | None, digits: int = 1) -> str:
    """Write a number as the page does in Chinese: rounded half up, groups of three, no zeros at the end."""
    if value is None:
        return "–"
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:,f}".partition(".")
    return f"{whole}.{rest}".rstrip("0").rstrip(".") if rest else whole


def instant(at: str) -> str:
    """Write an instant as the page does in Chinese, in the city's zone."""
    local = datetime.fromisoformat(at).astimezone(JINAN.tz)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"
