"""The process of `tests.fuzz.guided` that libFuzzer runs, and ends: a target's name, then libFuzzer's own arguments."""

import logging
import sys

import atheris

with atheris.instrument_imports(include=["api", "app", "domain", "ingest", "store"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv[2:], TARGETS[sys.argv[1]])
    atheris.Fuzz()
