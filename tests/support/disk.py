"""A disk that fails for one process: full, read-only, or with an fsync that fails (`disk.c`, by LD_PRELOAD)."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")
FAULTS = ("full", "readonly", "fsync")


@dataclass(frozen=True)
class FailingDisk:
    """What processes that were started with `environment` have below `folder`."""

    folder: Path
    library: Path
    fault: Path

    @classmethod
    def create(cls, compiler: str, folder: Path, home: Path) -> "FailingDisk":
        """Build the library into `home`; nothing fails yet."""
        home.mkdir()
        library = home / "disk.so"
        command = [compiler, "-O2", "-fPIC", "-shared", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        (home / "fault").write_text("")
        return cls(folder, library, home / "fault")

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process must be started with."""
        return {"FAILING_DISK_FAULT": str(self.fault), "LD_PRELOAD": str(self.library)}

    def fail(self, fault: str, part: str = "") -> None:
        """Begin to fail: one of `FAULTS`, everywhere or in a part of the folder."""
        self._say(f"{fault} {(self.folder / part).resolve()}")

    def heal(self) -> None:
        """Work again."""
        self._say("")

    def _say(self, fault: str) -> None:
        fresh = self.fault.with_suffix(".new")
        fresh.write_text(fault)
        fresh.replace(self.fault)  # whole at every instant
