"""What both ways to fuzz are asked for."""

import argparse

from tests.fuzz.targets import TARGETS


def asked(program: str) -> argparse.Namespace:
    """Return `cases`, `seed` and `target` (None: all of them) of the command line."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=sorted(TARGETS), action="append")
    return parser.parse_args()
