"""A clock that jumps for one process: libfaketime, told by a file. What measures spans (CLOCK_MONOTONIC) goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class JumpingClock:
    """The wall clock of processes that were started with `environment`."""

    library: Path
    file: Path

    @classmethod
    def create(cls, library: Path, home: Path) -> "JumpingClock":
        """Begin with the true time."""
        home.mkdir()
        clock = cls(library, home / "offset")
        clock.show(0)
        return clock

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process must be started with."""
        told = {"FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_CACHE_DURATION": "1"}
        honest = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        return told | honest | {"LD_PRELOAD": str(self.library)}

    def show(self, ahead_s: int) -> None:
        """Jump within a second to so many seconds ahead of the true time, or behind it."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{ahead_s:+d}")
        fresh.replace(self.file)
