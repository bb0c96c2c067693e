"""`make fuzz CASES=1000000 SEED=1`: so many cases for each target; what breaks is written into the corpus."""

import logging
import sys
import time

from tests.fuzz.asked import asked
from tests.fuzz.mutate import CORPUS, cases, keep
from tests.fuzz.targets import TARGETS, shown


def main() -> int:
    """Run; return 1 when something broke."""
    chosen = asked("make fuzz")
    logging.disable(logging.CRITICAL)
    broken = 0
    for name in chosen.target or TARGETS:
        began, found = time.perf_counter(), 0
        for case in cases(name, chosen.cases, chosen.seed):
            try:
                TARGETS[name](case)
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                found += 1
                file = keep(CORPUS, f"{name}-found-", case)
                print(f"{name}: {type(error).__name__}: {error}\n  {file}: {shown(case)}")  # noqa: T201
        took = time.perf_counter() - began
        print(f"{name}: {chosen.cases} cases in {took:.0f} s, {found} broke something", flush=True)  # noqa: T201
        broken += found
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
