"""The boards of a city: each made once, whoever looks at it, and fed with the readings of all who do."""

from collections.abc import Mapping
from datetime import datetime

from rules.indicator import Board, Indicator, Intake, Latest, OnBoard, Shown, World


def make(
    indicators: Mapping[str, Indicator], world: World, latest: Latest, now: datetime
) -> tuple[dict[str, Shown], dict[str, Board]]:
    """Return the state of every indicator by its name, and each board by the name that its dump is kept under."""
    states: dict[str, Shown] = {}
    boards: dict[str, Board] = {}
    for name, indicator in indicators.items():
        how, kept_as = indicator.state, _board_of(name, indicator)
        if not isinstance(how, OnBoard):
            states[name] = boards[kept_as] = how(world, latest, now)
            continue
        if kept_as not in boards:
            boards[kept_as] = how.make(world, latest, now)
        states[name] = how.look(boards[kept_as])
    return states, boards


def listening(indicators: Mapping[str, Indicator], boards: Mapping[str, Board]) -> dict[str, list[Intake]]:
    """Return what takes in the readings of each kind, each once, whoever asked for it; the world may change it."""
    found: dict[str, list[Intake]] = {}
    for name, indicator in indicators.items():
        board = boards[_board_of(name, indicator)]
        for kind in indicator.kinds:
            intakes = found.setdefault(kind, [])
            intakes += [intake for intake in board.intakes(kind) if intake not in intakes]
    return found


def _board_of(name: str, indicator: Indicator) -> str:
    """Return the name of the board that an indicator looks at: its own, or that of one that several look at."""
    return indicator.state.name if isinstance(indicator.state, OnBoard) else name
