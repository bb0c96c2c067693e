"""What the two answers of the map cost the service: where 117,000 lamps are, and how each of them stands.

Run: python -m benchmarks.map_answers [number of lamps]
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from api.kept import Kept, KeptAnswers
from api.schemas.map import PlacesOut, SignsOut
from benchmarks.lamps import EVENING, PLAN, readings, versions
from domain.citytime import JINAN
from domain.ports import Signs
from domain.register import Register
from rules.indicator import World
from rules.signs import SignBoard

LAMPS: Final = 117_000
EVERY: Final = timedelta(seconds=10)
REPORT: Final = timedelta(minutes=15)
ROUNDS: Final = 10


def spent(work: Callable[[], object]) -> float:
    """Return ms of this thread's CPU time: what others do on the machine is not counted."""
    started = time.thread_time()
    work()
    return (time.thread_time() - started) * 1e3


def main() -> None:
    """Ask as open maps do: every 10 seconds, with a reading of every lamp in 15 minutes."""
    lamps = int(sys.argv[1]) if len(sys.argv) > 1 else LAMPS
    register = Register.of(versions(lamps), 1)
    world, board, answers = World(register, PLAN, JINAN), SignBoard("streetlight"), KeptAnswers()
    said = {r.device: r for r in readings(lamps, EVENING, 150.0)}
    now, step = EVENING + timedelta(minutes=11), int(lamps * EVERY / REPORT)

    def signs() -> Signs:
        return board.at(world, said, now)

    def answer(told: Signs) -> Kept:
        return answers.get("signs", told, lambda: SignsOut.of(told))

    print(f"{lamps} lamps, ms of CPU")
    _say("signs, asked first (as every time before)", spent(signs))
    again = []
    for number in range(ROUNDS):
        now += EVERY
        for ident in range(number * step, (number + 1) * step):
            said[f"L{ident}"] = readings(1, now, 150.0 if ident % 100 else 0.0)[0]
        again.append(spent(signs))
    _say(f"signs, 10 s and {step} readings later", sum(again) / len(again))
    _say("signs, at the same instant for another viewer", spent(signs))
    _say("signs, written and compressed", spent(lambda: answer(signs())))
    _say("signs, kept", spent(lambda: answer(signs())))

    def places() -> Kept:
        edition = register.edition(now, "streetlight")
        devices = register.devices(now, "streetlight")
        return answers.get("places", edition, lambda: PlacesOut.of(list(devices), register.version))

    _say("places, asked first", spent(places))
    _say("places, kept", spent(places))
    _say("places, bytes compressed", len(places().packed))


def _say(what: str, figure: float) -> None:
    print(f"{figure:12,.2f}  {what}")


if __name__ == "__main__":
    main()
