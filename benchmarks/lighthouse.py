"""Lighthouse against a running demo: `make lighthouse`, or `python -m benchmarks.lighthouse [PATH …]`.

Google's own tool loads each page in a headless Chromium as a desktop does and judges accessibility, best practices and
performance; what is not perfect is named. Exit code 1 when a goal is missed. The performance score is that of this
machine while it does what else it does: `benchmarkIndex` says how fast Lighthouse found it (a desk's is above 1,000).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Figure, report
from tests.support import servers
from tests.support.demo import Demo
from tests.support.processes import free_port

GOALS: Final = {"accessibility": 100, "best-practices": 95, "performance": 90}
PATHS: Final = ("/", "/alerts", "/lighting", "/map")
TOOL: Final = servers.ROOT / "tools" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"


def judged(url: str, result: Path) -> dict[str, Any]:
    """Return what Lighthouse says of a page.

    Raises:
        SystemExit: it is not installed.
    """
    if not TOOL.exists():
        raise SystemExit("no Lighthouse here: `make lighthouse` fetches it")
    flags = " ".join(("--headless=new", *servers.CHROMIUM_FLAGS))
    command = [str(TOOL), url, "--quiet", "--preset=desktop", "--output=json", f"--output-path={result}"]
    command += ["--max-wait-for-fcp=120000", "--max-wait-for-load=180000"]  # a busy machine paints late
    only = f"--only-categories={','.join(GOALS)}"
    environment = os.environ | {"CHROME_PATH": servers.chromium().how}
    subprocess.run([*command, only, f"--chrome-flags={flags}"], env=environment, check=True, timeout=300)
    said: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return said


def findings(said: dict[str, Any]) -> Iterator[str]:
    """Yield what cost points, the dearest first."""
    refs = [ref for name in GOALS for ref in said["categories"][name]["auditRefs"] if ref["weight"] > 0]
    for ref in sorted(refs, key=lambda ref: -ref["weight"]):
        audit = said["audits"][ref["id"]]
        if audit["score"] is not None and audit["score"] < 1:
            yield f"  {audit['title']}: {audit.get('displayValue', '')} (score {100 * audit['score']:.0f})"


def measure(url: str, paths: list[str], runs: int, folder: Path) -> list[Figure]:
    """Return the scores of pages, each the best of so many runs: what else the machine does only takes away."""
    figures = []
    for path in paths:
        tries = [judged(url + path, folder / "result.json") for _ in range(runs)]
        best = max(tries, key=lambda said: said["categories"]["performance"]["score"])
        print(f"{path} (benchmarkIndex {best['environment']['benchmarkIndex']:.0f})", *findings(best), sep="\n")
        for name, goal in GOALS.items():
            score = 100 * min(said["categories"][name]["score"] for said in tries)
            if name == "performance":
                score = 100 * best["categories"][name]["score"]
            figures.append(Figure(f"lighthouse {path}: {name} (goal {goal})", score, "of 100"))
    return figures


def main() -> int:
    """Judge and print."""
    parser = argparse.ArgumentParser(description="Lighthouse against a running demo")
    parser.add_argument("paths", nargs="*", default=list(PATHS))
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as home:
        demo = Demo(Path(home), free_port(), free_port(), "--devices", "400", "--speed", "300", "--pause", "36000")
        try:
            demo.says("the city clock runs at 1x now", timeout=600)
            figures = measure(demo.url, asked.paths, asked.runs, Path(home))
        finally:
            demo.stop()
    print(f"kept in {report(figures)}")
    goals = [int(figure.name.rsplit(" ", 1)[1].rstrip(")")) for figure in figures]
    return int(any(figure.value < goal for figure, goal in zip(figures, goals, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
