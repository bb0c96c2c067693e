"""Figures of a benchmark run: printed as a table, kept as JSON under benchmarks/results."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `ratio` compares it with the bare baseline of the same run (higher is better)."""

    name: str
    value: float
    unit: str
    ratio: float | None = None


def report(figures: Sequence[Figure]) -> Path:
    """Print the figures and keep them; return the file."""
    for figure in figures:
        ratio = f"{figure.ratio:8.2f} x bare" if figure.ratio is not None else ""
        print(f"{figure.name:<48} {figure.value:>14,.1f} {figure.unit:<12} {ratio}")
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"{moment:%Y%m%dT%H%M%SZ}.json"
    content = {
        "at": moment.isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    return path
