"""The boards of a city: each made once, whoever looks at it, and fed with the readings of all who do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.indicator import Board, Indicator, Intake, Latest, OnBoard, Shown, World


@dataclass(slots=True)
class Boards:
    """What readings are taken into, and what the indicators show of it."""

    states: dict[str, Shown] = field(default_factory=dict)
    """By indicator."""
    all: dict[str, Board] = field(default_factory=dict)
    """By the name that its dump is kept under: that of the indicator, or of a board that several look at."""
    by_kind: dict[str, list[Intake]] = field(default_factory=dict)
    """What takes in the readings of a kind, each once, whoever asked for it."""


def make(indicators: Mapping[str, Indicator], world: World, latest: Latest, now: datetime) -> Boards:
    """Make the state of every indicator, and each shared board once."""
    made = Boards()
    for name, indicator in indicators.items():
        board = _state_of(made, name, indicator, (world, latest, now))
        for kind in indicator.kinds:
            listening = made.by_kind.setdefault(kind, [])
            listening += [intake for intake in board.intakes(kind) if intake not in listening]
    return made


def _state_of(made: Boards, name: str, indicator: Indicator, beginning: tuple[World, Latest, datetime]) -> Board:
    """Make the state of an indicator; return the board that is to be fed, which others may look at already."""
    how = indicator.state
    if not isinstance(how, OnBoard):
        state = made.states[name] = made.all[name] = how(*beginning)
        return state
    if how.name not in made.all:
        made.all[how.name] = how.make(*beginning)
    made.states[name] = how.look(made.all[how.name])
    return made.all[how.name]
