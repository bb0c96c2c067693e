"""What the indicators of road projects share: which projects count, how each stands, and the lamps of its road."""

from collections.abc import Sequence
from typing import Any, ClassVar

from typing_extensions import override

from domain.explanation import Input
from domain.measure import Measure
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator
from rules.lighting.lamp import HEARD
from rules.lighting.project_tally import ProjectTally, RoadsTally
from rules.lighting.projects import Standing, expected, standing
from rules.lighting.view import LampView, percent

PROJECT_SCOPES = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD)
LOOKBACK = {"instant": HEARD}


class ProjectView(LampView):
    """The projects of some works. A subclass says which."""

    shows: ClassVar[tuple[ScopeKind, ...]] = PROJECT_SCOPES
    works: ClassVar[frozenset[str]]

    @override
    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a project now, in order."""
        return self.board.projects.scopes()

    @override
    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a project now."""
        return self.board.projects.has(scope)

    def tally(self, scope: Scope) -> ProjectTally:
        """Return the lamps of every road, and the projects of a scope that count."""
        roads = (road for road in self.board.scopes() if road.kind is ScopeKind.ROAD)
        projects = {
            p.id: [p.text("road"), p.text("works"), p.attributes.get("lamps_planned"), p.synthetic]
            for p in self.board.projects.devices(scope)
            if expected(p) and p.text("works") in self.works
        }
        return ProjectTally(RoadsTally({road.id: self.board.stock(road) for road in roads}), projects)

    def standings(self, scope: Scope) -> dict[str, Standing]:
        """Return how each project of a scope that counts stands, by id."""
        return {
            p.id: standing(p, self.board.stock(Scope(ScopeKind.ROAD, p.text("road"))))
            for p in self.board.projects.devices(scope)
            if expected(p) and p.text("works") in self.works
        }

    def of(self, indicator: Indicator, scope: Scope) -> Measure:
        """Return the measure of a scope: how many are done, or which share if the indicator is in %."""
        tally = self.standings(scope)
        done = sum(s.done is True for s in tally.values())
        unknown = sum(s.done is None for s in tally.values())
        invented = sum(s.project.synthetic for s in tally.values())
        value = percent(done, len(tally)) if indicator.unit == "%" else float(done) if tally else None
        reason = f"{invented} of the projects are made up" if invented else ""
        return Measure(
            indicator=indicator.name,
            scope=str(scope),
            at=self.board.now,
            unit=indicator.unit,
            value=value,
            numerator=done,
            denominator=len(tally),
            unknown=unknown,
            coverage=(len(tally) - unknown) / len(tally) if tally else None,
            official=not invented,
            verdict_allowed=bool(tally),
            reason=reason if tally else "no project of these works is in the register",
            register_version=self.board.world.register.version,
            detail={
                "not_done": [_row(s) for _, s in sorted(tally.items()) if s.done is False],
                "unknown": [_row(s) for _, s in sorted(tally.items()) if s.done is None],
                "by_year": _by_year(tally.values()),
            },
        )

    def inputs(self, scope: Scope) -> list[Input]:
        """Return every project of a scope, with why it does not count or is unknown."""
        tally = self.standings(scope)
        found = []
        for project in self.board.projects.devices(scope):
            stands = tally.get(project.id)
            if stands is None:
                why = "other_works" if expected(project) else project.state.value
                found.append(Input(project.id, project.name, used=False, why=why))
            else:
                why = stands.why if stands.done is None else ""
                found.append(Input(project.id, project.name, not why, why, None, _row(stands)))
        return found


def _row(stands: Standing) -> dict[str, Any]:
    return {
        "project": stands.project.id,
        "road": stands.project.text("road"),
        "works": stands.project.text("works"),
        "planned": stands.planned,
        "installed": stands.installed,
        "done": stands.done,
        "why": stands.why,
    }


def _by_year(tally: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for stands in tally:
        year = str(stands.project.attributes.get("year", "not_said"))
        counts = found.setdefault(year, {"projects": 0, "done": 0, "unknown": 0})
        counts["projects"] += 1
        counts["done"] += stands.done is True
        counts["unknown"] += stands.done is None
    return dict(sorted(found.items()))
