"""数据接入率: feeds that are connected and fresh ÷ feeds that the bureaus have agreed to deliver (plan item 26).

The inventory is the register's devices of kind `data_feed`; config/feeds.csv is one to begin with. A silent feed is not
connected, whatever the reason: that is no unknown.
"""

from collections.abc import Sequence
from typing import Any, Final

from typing_extensions import override

from domain.device import AssetState
from domain.explanation import Explanation, Input, Step
from domain.kinds import KINDS
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import CITY, Scope, ScopeKind
from rules.city.feeds import CONNECTED_WITHIN, FeedBoard
from rules.indicator import Indicator, Kept

NONE_AGREED: Final = "no feed is agreed: the register has no data_feed in service"


class FeedsConnected(FeedBoard):
    """The feeds of the city, and the share of them that is fresh."""

    @override
    def scopes(self) -> Sequence[Scope]:
        return sorted({CITY, *super().scopes()})

    def measure(self, scope: Scope) -> Measure:
        """Return the share of a scope that was heard of within its agreed time."""
        tally = self.tally(scope)
        agreed, fresh = len(tally.heard), len(tally.fresh)
        instants = [at for at in tally.heard.values() if at is not None]
        made_up = f"{tally.synthetic} of the feeds' agreements are assumed" if tally.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=100 * fresh / agreed if agreed else None,
            numerator=fresh,
            denominator=agreed,
            unknown=0,
            coverage=1.0 if agreed else None,
            span=Span(min(instants), max(instants)) if instants else None,
            official=bool(agreed) and not made_up,
            verdict_allowed=bool(agreed),
            reason=made_up or ("" if agreed else NONE_AGREED),
            register_version=self.world.register.version,
            detail={
                "connected": len(instants),
                "late": sorted(feed for feed, at in tally.heard.items() if at is not None and feed not in tally.fresh),
                "not_connected": sorted(feed for feed, at in tally.heard.items() if at is None),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with every feed: when it was last heard of and what was agreed."""
        found = self.measure(scope)
        share = "no feed" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step("feeds agreed with the bureaus, in service", f"{found.denominator:g}", "plan item 26"),
            Step(f"of them heard of within {CONNECTED_WITHIN.days} days", f"{found.detail['connected']}"),
            Step("of them heard of within the agreed time", f"{found.numerator:g}"),
            Step("share = fresh ÷ agreed", share),
        ]
        return Explanation(
            found, INDICATOR.source, [self._input(scope, feed.id) for feed in self.devices(scope)], steps
        )

    def dump(self) -> None:
        """Return nothing: everything follows from the latest readings."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""

    def _input(self, scope: Scope, feed: str) -> Input:
        device, tally, at = self.known[feed], self.tally(scope), self.heard(feed)
        if device.state is not AssetState.IN_SERVICE:
            why = device.state.value
        elif at is None:
            why = "not_connected"
        else:
            why = "" if feed in tally.fresh else "late"
        says = {
            "bureau": device.responsible_unit,
            "delivers": device.text("delivers"),
            "agreed_minutes": device.attributes.get("agreed_minutes"),
        }
        return Input(feed, device.name, used=not why, why=why, at=at, says=says)


INDICATOR: Final = Indicator(
    name="feeds_connected",
    title="数据接入率",
    title_en="Feeds connected and fresh",
    unit="%",
    kinds=tuple(KINDS),
    scopes=(ScopeKind.CITY, ScopeKind.FEED),
    source="plan of 2019, item 26: feeds heard of within their agreed time ÷ feeds agreed with the bureaus",
    lookback={"instant": CONNECTED_WITHIN},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.FEED)),
    state=FeedsConnected,
)
