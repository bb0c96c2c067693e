"""Where the compiled part could not be built, Python does the same work: the suites of the hot path pass without it."""

import subprocess
import sys

from tests.support.servers import ROOT

SUITES = (
    "tests/ingest/test_decode_bundle.py",
    "tests/ingest/test_bad_input.py",
    "tests/store/archive/test_archive.py",
    "tests/store/telemetry/test_appender.py",
)
WITHOUT = """
import sys
sys.modules["quanyan_native"] = None  # what an import finds then is that there is none
import pytest
from domain.native import COMPILED
assert not COMPILED
sys.exit(pytest.main([*sys.argv[1:], "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]))
"""


def test_the_hot_path_works_in_python_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *SUITES], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
