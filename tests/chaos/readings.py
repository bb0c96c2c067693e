"""Chaos under load: `make chaos ROUNDS=1000 SEED=1`.

Each round, lamps and a gateway report through a real Mosquitto to the real service with InfluxDB and PostgreSQL behind
Toxiproxy, some readings twice and some out of order, while what the seed drew goes wrong (`tests/chaos/plan.py`).
When everything is mended and settled: what the broker acknowledged is stored or in the quarantine, and nothing else
is; the accounting adds up; live measures equal a serial recomputation; what a killed broker lost is missing by `seq`.
A seed and a round's number reproduce its troubles, not what the machine is doing meanwhile.

Finished rounds are kept in a file, one line each; the same command again goes on with those that are missing.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx

from app.clock import wall_now
from tests.chaos.checks import Checks, Found
from tests.chaos.plan import Trouble, troubles
from tests.chaos.sender import Books, Sender
from tests.chaos.works import Works

ROUNDS_OF_A_CITY: Final = 25
"""After so many rounds everything begins anew, so that a check stays as quick as the first one."""


@dataclass
class Round:
    """A finished round, as it is kept."""

    seed: int
    number: int
    troubles: list[str]
    sent: int
    messages: int
    again: int
    stored: int
    quarantined: int
    lost: int
    ended: int
    """How often the service ended by itself and was started again."""
    seconds: float
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return it in one line."""
        what = "; ".join(self.troubles)
        said = f"{self.sent} sent, {self.stored} stored, {self.quarantined} set aside, {self.lost} lost by the broker"
        return f"round {self.number} ({self.seconds:.0f} s): {what}: {said}; {len(self.failures)} failures"


class City:
    """The parts, a sender and the books of up to so many rounds."""

    def __init__(self, folder: Path) -> None:
        self.works = Works(folder)
        self.rounds = 0
        try:
            self.checks = Checks(self.works)
            self.sender = Sender(self.works.broker.port)
            began, books = wall_now(), Books()
            self.checks.begin(self.sender.close_round(books), began)
        except BaseException:
            self.works.close()
            raise

    def round(self, seed: int, number: int) -> Round:
        """Run a round and return what it came to."""
        wrong = troubles(seed, number)
        started, began, ended = time.monotonic(), wall_now(), self.works.keeper.ended
        self.works.losses.clear()
        with ThreadPoolExecutor(1, "troubles") as pool:
            breaking = pool.submit(self.works.run, wrong)
            books = self.sender.speak(random.Random(f"{seed}:{number}:said"))
            breaking.result()
        found = self._judged(books, began)
        self.rounds += 1
        return Round(
            seed,
            number,
            [_told(trouble) for trouble in wrong],
            len(books.readings),
            books.messages,
            books.again,
            found.stored,
            found.quarantined,
            found.lost,
            self.works.keeper.ended - ended,
            round(time.monotonic() - started, 1),
            found.failures,
        )

    def _judged(self, books: Books, began: datetime) -> Found:
        try:
            last = self.sender.close_round(books)
        except AssertionError as late:
            return Found(failures=[f"the broker does not take everything: {late}"])
        try:
            return self.checks.after(books, last, began)
        except httpx.TransportError as silent:
            return Found(failures=[f"not judged: the service or a server does not answer: {silent!r}"])

    def close(self) -> None:
        """End everything."""
        self.sender.close()
        self.checks.close()
        self.works.close()


def _told(trouble: Trouble) -> str:
    detail = f" ({trouble.detail})" if trouble.detail else ""
    return f"{trouble.name}{detail} at {trouble.at:.1f} s for {trouble.lasts:.1f} s"


def rounds(folder: Path, seed: int, numbers: Sequence[int]) -> Iterator[Round]:
    """Run rounds, in a new city after so many, and after a failure: the next one is not to blame for it."""
    city: City | None = None
    try:
        for number in numbers:
            if city is None:
                city = City(folder_of(folder, number))
            done = city.round(seed, number)
            yield done
            if done.failures or city.rounds >= ROUNDS_OF_A_CITY:
                city.close()
                city = None
    finally:
        if city is not None:
            city.close()


def folder_of(folder: Path, number: int) -> Path:
    """Make the folder of a city that begins with a round."""
    made = folder / f"from-{number}"
    made.mkdir()
    return made


def finished(file: Path, seed: int) -> list[Round]:
    """Return the rounds of a seed that a file has."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [done for line in lines if (done := Round(**json.loads(line))).seed == seed]


def report(done: Sequence[Round]) -> Iterator[str]:
    """Yield the lines that tell what rounds came to."""
    sums = {
        name: sum(getattr(r, name) for r in done) for name in ("sent", "messages", "again", "stored", "quarantined")
    }
    yield f"{len(done)} rounds: " + ", ".join(f"{name} {count}" for name, count in sums.items())
    yield f"lost by the broker and missing by seq: {sum(r.lost for r in done)}"
    yield f"the service ended by itself: {sum(r.ended for r in done)} times"
    faults = Counter(told.split(" at ")[0].split(" (")[0] for r in done for told in r.troubles)
    yield from (f"{count:5} x {fault}" for fault, count in sorted(faults.items()))
    yield f"rounds with failures: {sum(bool(r.failures) for r in done)}"
    yield from (f"round {r.number}: {failure}" for r in done for failure in r.failures)


def main() -> int:
    """Run from the command line; the last lines are the result."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))  # so that every process ends with it
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one round, again; nothing is kept")
    parser.add_argument("--kept", type=Path, default=Path(".chaos/readings.jsonl"), help="finished rounds")
    wanted = parser.parse_args()
    wanted.kept.parent.mkdir(parents=True, exist_ok=True)
    done = {} if wanted.only else {r.number: r for r in finished(wanted.kept, wanted.seed)}
    numbers = [wanted.only] if wanted.only else [n for n in range(1, wanted.rounds + 1) if n not in done]
    folder = Path(tempfile.mkdtemp(prefix="quanyan-chaos-"))
    for one in rounds(folder, wanted.seed, numbers):
        done[one.number] = one
        print(one.line(), *one.failures, sep="\n  ", flush=True)  # noqa: T201 - this is a command
        if not wanted.only:
            with wanted.kept.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
    print(*report(list(done.values())), f"what the parts wrote: {folder}", sep="\n")  # noqa: T201 - this is a command
    return any(one.failures for one in done.values())


if __name__ == "__main__":
    sys.exit(main())
