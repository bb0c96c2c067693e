"""What goes wrong in a round, drawn from its seed alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

LOAD_S: Final = 6.0
"""Seconds of the wall for which a round's sender speaks; faults begin within."""


class Fault(StrEnum):
    """A way to fail."""

    KILL = "SIGKILL"
    STOP = "SIGSTOP"
    SESSION_LOST = "SIGKILL, session lost"
    CUT = "cut"
    RESET = "reset"
    HALF_OPEN = "half-open"
    SLOW = "slow"
    FULL = "full"
    READONLY = "read-only"
    FSYNC = "fsync fails"
    JUMP = "jumps"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of `victim` from `at` on for `lasts` seconds; `detail` says which way, or how much."""

    fault: Fault
    victim: str
    at: float
    lasts: float
    detail: str = ""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return f"{self.victim}: {self.fault}"

    @property
    def loses(self) -> bool:
        """Whether the broker may lose what it had acknowledged."""
        return self.victim == "broker" and self.fault in (Fault.KILL, Fault.SESSION_LOST)


SERVERS: Final = ("service", "broker", "influx", "postgres")
LINKS: Final = ("link to broker", "link to influx", "link to postgres")
_KINDS: Final = (
    *((Fault.KILL, victim) for victim in (*SERVERS, "service", "service")),
    *((Fault.STOP, victim) for victim in SERVERS),
    (Fault.SESSION_LOST, "broker"),
    *((fault, "disk") for fault in (Fault.FULL, Fault.READONLY, Fault.FSYNC)),
    (Fault.JUMP, "clock"),
    (Fault.JUMP, "clock"),
    *((fault, link) for link in LINKS for fault in (Fault.CUT, Fault.RESET, Fault.HALF_OPEN, Fault.SLOW)),
)


def troubles(seed: int, number: int) -> Sequence[Trouble]:
    """Return the troubles of a round in the order of their beginnings: one to four, mostly several at once."""
    random = Random(f"{seed}:{number}")
    drawn = [_trouble(random) for _ in range(random.choice((1, 2, 2, 3, 3, 4)))]
    return sorted(drawn, key=lambda trouble: trouble.at)


def _trouble(random: Random) -> Trouble:
    fault, victim = random.choice(_KINDS)
    at = round(random.uniform(0.3, LOAD_S), 2)
    lasts = round(random.choice((random.uniform(0, 1), random.uniform(1, 5))), 2)
    return Trouble(fault, victim, at, lasts, _detail(fault, random))


def _detail(fault: Fault, random: Random) -> str:
    match fault:
        case Fault.HALF_OPEN:
            return random.choice(("upstream", "downstream"))
        case Fault.SLOW:
            return f"{random.choice((50, 200, 800))} ms, {random.choice((20, 100, 1000))} kB/s"
        case Fault.FULL | Fault.READONLY | Fault.FSYNC:
            return random.choice(("journal", "all"))
        case Fault.JUMP:
            return f"{random.choice((-1500, -400, -45, -2, 2, 45, 400, 1500)):+d} s"
        case Fault.KILL | Fault.STOP | Fault.SESSION_LOST | Fault.CUT | Fault.RESET:
            return ""
