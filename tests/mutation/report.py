"""What is said of judged mutants."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"
    """Ran for ten times the processor time of its tests. Not counted as killed: no test said what is wrong."""
    UNREACHED = "no test reaches it"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function."""

    function: str
    """As mutmut names it: `rules.standards.gb3838.x_classify`."""
    source: str
    """A hash of the unchanged function."""
    change: str
    """The lines that differ, `-` before the old and `+` before the new."""


def verdict_of(code: int) -> Verdict:
    """Return what an exit code of the process that judged says; a negative one is the signal that ended it."""
    if code < 0:
        return Verdict.TIMEOUT
    return Verdict.SURVIVED if code == 0 else Verdict.KILLED


def changed(old: str, new: str) -> str:
    """Return the lines in which two texts differ, without those that both begin and end with."""
    a, b = old.splitlines(), new.splitlines()
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    tail = 0
    while tail < min(len(a), len(b)) - first and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    minus = [f"- {line.strip()}" for line in a[first : len(a) - tail]]
    return "\n".join([*minus, *(f"+ {line.strip()}" for line in b[first : len(b) - tail])])


def report(package: str, mutants: Mapping[str, Mutant], verdicts: Mapping[str, Verdict]) -> str:
    """Return counts, and each change that no test noticed."""
    counts = Counter(verdicts.values())
    share = f"{100 * counts[Verdict.KILLED] / len(verdicts):.1f} %" if verdicts else "none"
    lines = [f"{package}: {len(mutants)} made, {len(verdicts)} judged, {counts[Verdict.KILLED]} killed: {share}"]
    lines += [f"  {counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    for name, verdict in sorted(verdicts.items()):
        if verdict is not Verdict.KILLED:
            lines += [f"{verdict}: {name}", *(f"    {line}" for line in mutants[name].change.splitlines())]
    return "\n".join(lines) + "\n"
