"""A plugin of pytest that judges mutants instead of running the tests: each in a fork of the process that collected.

`--mutants FILE` has a line for each: its name, the function that it changes, the hash of that function's source.
`--verdicts FILE` gets a line for each: name, hash, verdict.
"""

import gc
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import process_time

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.report import Verdict, verdict_of


@dataclass(slots=True)
class Reach:
    """What a run of all tests without a mutant has shown."""

    tests: dict[str, list[int]] = field(default_factory=dict)
    """Of a function, the places of the tests that call it, quickest first."""
    seconds: list[float] = field(default_factory=list)
    """Processor time of each test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", type=Path, help="file with the mutants")
    parser.addoption("--verdicts", type=Path, help="file that gets the verdicts")
    parser.addoption("--judges", type=int, help="processes")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge every mutant of the file; end the run with an error when a test fails without one."""
    config = session.config
    gc.freeze()  # or each fork would copy what the collector touches
    reach = _reached(session.items)
    asked = [line.split() for line in config.getoption("--mutants").read_text().splitlines()]
    with config.getoption("--verdicts").open("a") as out:
        sources = {name: source for name, _function, source in asked}
        for name, verdict in _judged(session.items, reach, asked, config.getoption("--judges")):
            out.write(json.dumps([name, sources[name], verdict]) + "\n")
            out.flush()
    return True


def _reached(items: Sequence[pytest.Item]) -> Reach:
    """Run every test once, in a fork, so that nothing they cache outlives them here."""
    receive, send = os.pipe()
    child = _forked(partial(_watch, items, send))
    os.close(send)
    with os.fdopen(receive) as told:
        said = told.read()
    os.waitpid(child, 0)
    answer = json.loads(said or '{"failed": "the run without a mutant ended by itself"}')
    if "failed" in answer:
        raise pytest.UsageError(f"fails without a mutant: {answer['failed']}")
    return Reach(**answer)


def _watch(items: Sequence[pytest.Item], send: int) -> int:
    set_mutant_under_test("stats")
    reach = Reach()
    for place, item in enumerate(items):
        state()._stats.clear()
        began = process_time()
        passed = _passes(item, items[place + 1] if place + 1 < len(items) else None)
        reach.seconds.append(process_time() - began)
        if not passed:
            os.write(send, json.dumps({"failed": item.nodeid}).encode())
            return 1
        for function in state()._stats:
            reach.tests.setdefault(function, []).append(place)
    for places in reach.tests.values():
        places.sort(key=lambda place: reach.seconds[place])
    with os.fdopen(send, "w") as out:
        json.dump({"tests": reach.tests, "seconds": reach.seconds}, out)
    return 0


def _judged(
    items: Sequence[pytest.Item], reach: Reach, asked: Sequence[Sequence[str]], judges: int
) -> Iterator[tuple[str, Verdict]]:
    running: dict[int, str] = {}
    for name, function, _source in asked:
        places = reach.tests.get(function, [])
        if not places:
            yield name, Verdict.UNREACHED
            continue
        if len(running) >= judges:
            yield _ended(running)
        limit = math.ceil(10 * sum(reach.seconds[place] for place in places)) + 1
        chosen = [items[place] for place in places]
        running[_forked(partial(_judge, name, chosen, limit))] = name
    while running:
        yield _ended(running)


def _ended(running: dict[int, str]) -> tuple[str, Verdict]:
    child, status = os.wait()
    return running.pop(child), verdict_of(os.waitstatus_to_exitcode(status))


def _judge(name: str, items: Sequence[pytest.Item], limit: int) -> int:
    """Return 1 as soon as a test fails, 0 when none does. The limit is of processor time: a busy machine kills none."""
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    set_mutant_under_test(name)
    following = [*items[1:], None]
    return 0 if all(_passes(item, then) for item, then in zip(items, following, strict=True)) else 1


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(each.failed for each in runtestprotocol(item, log=False, nextitem=following))


def _forked(work: Callable[[], int]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        finally:
            os._exit(code)
    return child
