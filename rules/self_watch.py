"""What is the matter with Quanyan itself: a pure judgement of what its parts say, with holds: a blip is no news.

`steady` is a clock that nobody sets, in seconds; holds go by it, so that a jump of the wall clock neither raises nor
hides anything. The lengths are our choice.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.severity import Severity


class Trouble(StrEnum):
    """The kinds of trouble."""

    BROKER = "broker"
    """The broker cannot be reached."""
    SILENT = "silent"
    """The broker is there and nothing comes, from nobody."""
    JOURNAL = "journal"
    """It fills, or cannot be written."""
    STORE = "store"
    """Readings wait because a store is away."""
    ENGINE = "engine"
    """Late, or standing still."""
    CHANNEL = "channel"
    """A channel does not carry what it is given: away, or refusing all of it."""
    DATABASE = "database"
    """The operational database does not answer: nothing can be put into the outbox."""
    CLOCK = "clock"
    """The wall clock was set, or the machine slept."""
    ROSTER = "roster"
    """Nobody is on duty, or will be (`rules.duty.watch`)."""


_TITLES = {
    Trouble.BROKER: "消息服务器连接中断",
    Trouble.SILENT: "长时间未收到任何数据",
    Trouble.JOURNAL: "接入日志空间告急或无法写入",
    Trouble.STORE: "时序库不可用，数据在日志中等待",
    Trouble.ENGINE: "规则引擎滞后或停顿",
    Trouble.CHANNEL: "通知渠道发送失败",
    Trouble.DATABASE: "业务数据库不可用",
    Trouble.CLOCK: "系统时钟跳变",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is the matter. `key` is the trouble, for a channel with its name, for a gap with role and beginning."""

    key: str
    trouble: Trouble
    severity: Severity
    text: str
    hold: float = 0.0
    once: bool = False
    """It is over as soon as it has happened."""
    stage: str = ""
    """Told once for each stage, over restarts too, and not by the hour; empty = by the hour."""
    becomes: str = ""
    """The key under which it goes on: when that is found its end is no news."""

    @property
    def said(self) -> Mapping[str, str]:
        """What the message says, for its template."""
        if self.trouble is Trouble.ROSTER:
            return {"title": self.text}
        return {"title": f"平台自检：{_TITLES[self.trouble]}", "text": self.text}


@dataclass(frozen=True, slots=True)
class Signs:
    """What the parts say at one look."""

    wall: datetime
    steady: float
    broker: str | None = None
    """Why the broker is not connected."""
    received: int = 0
    """Deliveries ever received."""
    journal: str | None = None
    """Why the journal cannot be written."""
    journal_share: float = 0.0
    """Bytes kept, of those allowed."""
    store: str | None = None
    """Why readings wait."""
    ticked: datetime | None = None
    """The engine's last tick."""
    behind: timedelta = timedelta(0)
    """How far that lies behind the city clock, at the clock's speed."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """Why each failing channel failed last."""
    database: bool = True
    gaps: Sequence[Finding] = ()
    """Gaps of the roster, now and ahead."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long (seconds) something may last before it is told, and how much is too much."""

    broker_s: float = 60
    silent_s: float = 900
    journal_share: float = 0.5
    store_s: float = 300
    engine_s: float = 60
    channel_s: float = 0
    database_s: float = 30
    clock_s: float = 5
    repeat_s: float = 3600
    """Told again while it lasts."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be told. `again`: it lasts; `over`: it is gone. `number` counts what was told of this trouble."""

    finding: Finding
    since: datetime
    number: int = 0
    again: bool = False
    over: bool = False


@dataclass(slots=True)
class _Spell:
    finding: Finding
    since: datetime
    began: float
    told_at: float | None = None
    number: int = 0


class SelfWatch:
    """Remembers since when what lasts. One thread."""

    def __init__(self, patience: Patience) -> None:
        """Begin without troubles."""
        self._patience = patience
        self._spells: dict[str, _Spell] = {}
        self._before: Signs | None = None
        self._came: tuple[int, float] | None = None
        self._moved: tuple[datetime | None, float] | None = None

    @property
    def standing(self) -> Mapping[str, Finding]:
        """What is the matter and was told, by key."""
        return {key: spell.finding for key, spell in self._spells.items() if spell.told_at is not None}

    def look(self, signs: Signs) -> list[Told]:
        """Judge one look, and return what is to be told of it."""
        found = {finding.key: finding for finding in self._findings(signs)}
        self._before = signs
        told = [t for key in [k for k in self._spells if k not in found] if (t := self._end(key, found)) is not None]
        for key, finding in found.items():
            spell = self._spells.setdefault(key, _Spell(finding, signs.wall, signs.steady))
            if (news := self._news(spell, finding, signs)) is not None:
                told.append(news)
            if finding.once:
                del self._spells[key]
        return told

    def _end(self, key: str, found: Collection[str]) -> Told | None:
        spell = self._spells.pop(key)
        if spell.told_at is None or spell.finding.becomes in found:
            return None
        return Told(spell.finding, spell.since, spell.number, over=True)

    def _news(self, spell: _Spell, finding: Finding, signs: Signs) -> Told | None:
        before, spell.finding = spell.finding, finding
        if signs.steady - spell.began < finding.hold:
            return None
        again = spell.told_at is not None
        if spell.told_at is not None and not self._told_again(before, finding, signs.steady - spell.told_at):
            return None
        spell.told_at = signs.steady
        spell.number += 1
        return Told(finding, spell.since, spell.number - 1, again=again)

    def _told_again(self, before: Finding, finding: Finding, ago_s: float) -> bool:
        if finding.stage:
            return finding.stage != before.stage
        return finding.severity.rank > before.severity.rank or ago_s >= self._patience.repeat_s

    # -- what is the matter -----------------------------------------------------------------------------------------

    def _findings(self, signs: Signs) -> Iterator[Finding]:
        limits = self._patience
        if signs.broker is not None:
            yield _finding(Trouble.BROKER, Severity.CRITICAL, signs.broker, limits.broker_s)
        yield from self._silence(signs)
        yield from _journal(signs, limits)
        if signs.store is not None:
            yield _finding(Trouble.STORE, Severity.MAJOR, signs.store, limits.store_s)
        yield from self._engine(signs)
        for name, why in signs.channels.items():
            text = f"{name}: {why}"
            yield Finding(f"{Trouble.CHANNEL}:{name}", Trouble.CHANNEL, Severity.MAJOR, text, limits.channel_s)
        if not signs.database:
            yield _finding(Trouble.DATABASE, Severity.CRITICAL, "does not answer", limits.database_s)
        yield from self._clock(signs)
        yield from signs.gaps

    def _silence(self, signs: Signs) -> Iterator[Finding]:
        if self._came is None or signs.received != self._came[0] or signs.broker is not None:
            self._came = signs.received, signs.steady
        silent = signs.steady - self._came[1]
        if self._patience.silent_s and silent >= self._patience.silent_s:
            yield _finding(Trouble.SILENT, Severity.MAJOR, f"nothing was received for {silent:.0f} s")

    def _engine(self, signs: Signs) -> Iterator[Finding]:
        if self._moved is None or signs.ticked != self._moved[0]:
            self._moved = signs.ticked, signs.steady
        stood, limit = signs.steady - self._moved[1], self._patience.engine_s
        if stood >= limit:
            yield _finding(Trouble.ENGINE, Severity.CRITICAL, f"no tick for {stood:.0f} s")
        elif signs.behind.total_seconds() >= limit:
            text = f"{signs.behind.total_seconds():.0f} s behind"
            yield _finding(Trouble.ENGINE, Severity.MAJOR, text, limit)

    def _clock(self, signs: Signs) -> Iterator[Finding]:
        before = self._before
        if before is None:
            return
        jump = (signs.wall - before.wall).total_seconds() - (signs.steady - before.steady)
        if abs(jump) >= self._patience.clock_s:
            way = "forward" if jump > 0 else "back"
            text = f"went {way} by {abs(jump):.0f} s; signatures, retries and times of arrival go by it"
            yield Finding(Trouble.CLOCK.value, Trouble.CLOCK, Severity.MAJOR, text, once=True)


def _journal(signs: Signs, limits: Patience) -> Iterator[Finding]:
    share = f"{100 * signs.journal_share:.0f} % of its cap"
    if signs.journal is not None:
        yield _finding(Trouble.JOURNAL, Severity.CRITICAL, f"{signs.journal}; {share}")
    elif signs.journal_share >= limits.journal_share:
        # half of what was left is gone: the next outage may be the one that stops the acknowledgements
        severe = signs.journal_share >= (1 + limits.journal_share) / 2
        yield _finding(Trouble.JOURNAL, Severity.CRITICAL if severe else Severity.MAJOR, share)


def _finding(trouble: Trouble, severity: Severity, text: str, hold: float = 0.0) -> Finding:
    return Finding(trouble.value, trouble, severity, text, hold)
