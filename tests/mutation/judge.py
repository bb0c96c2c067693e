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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.report import Verdict, verdict_of

SLOW: Final = 2.0
"""A test that takes more seconds of processor time is not asked: what only it would notice counts as survived."""


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
    while_loading = set(state()._stats)
    set_mutant_under_test("")
    gc.freeze()  # or each fork would copy what the collector touches
    asked = [line.split() for line in session.config.getoption("--mutants").read_text().splitlines()]
    sources = {name: source for name, _function, source in asked}
    with session.config.getoption("--verdicts").open("a") as out:
        for name, verdict in _judged(session, {name: function for name, function, _source in asked}, while_loading):
            out.write(json.dumps([name, sources[name], verdict]) + "\n")
            out.flush()
    return True


def _judged(
    session: pytest.Session, functions: Mapping[str, str], while_loading: Collection[str]
) -> Iterator[tuple[str, Verdict]]:
    """Judge by the tests that call the function; if they notice nothing and it runs while modules load, by all anew."""
    reach, judges = _reached(session.items), session.config.getoption("--judges")
    works = {
        name: partial(_judge, name, *_tests_of(session.items, reach, function))
        for name, function in functions.items()
        if function in reach.tests
    }
    unreached = ((name, Verdict.UNREACHED) for name in functions if name not in works)
    left = []
    for name, verdict in chain(unreached, _run(works, judges)):
        if verdict is Verdict.KILLED or functions[name] not in while_loading:
            yield name, verdict
        else:
            left.append(name)
    seconds = 60 + 10 * sum(reach.seconds)
    yield from _run({name: partial(_judge_anew, name, session.config, seconds) for name in left}, judges)


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
        for function in state()._stats if reach.seconds[-1] <= SLOW else ():
            reach.tests.setdefault(function, []).append(place)
    for places in reach.tests.values():
        places.sort(key=lambda place: reach.seconds[place])
    with os.fdopen(send, "w") as out:
        json.dump({"tests": reach.tests, "seconds": reach.seconds}, out)
    return 0


def _tests_of(items: Sequence[pytest.Item], reach: Reach, function: str) -> tuple[list[pytest.Item], float]:
    """Return the tests that call a function, and how many seconds of processor time they may take."""
    places = reach.tests[function]
    return [items[place] for place in places], 1 + 10 * sum(reach.seconds[place] for place in places)


def _run(works: Mapping[str, Callable[[], int]], judges: int) -> Iterator[tuple[str, Verdict]]:
    running: dict[int, str] = {}
    for name, work in works.items():
        if len(running) >= judges:
            yield _ended(running)
        running[_forked(work)] = name
    while running:
        yield _ended(running)


def _ended(running: dict[int, str]) -> tuple[str, Verdict]:
    child, status = os.wait()
    return running.pop(child), verdict_of(os.waitstatus_to_exitcode(status))


def _judge(name: str, items: Sequence[pytest.Item], seconds: float) -> int:
    """Return 1 as soon as a test fails, 0 when none does."""
    _limit(seconds)
    set_mutant_under_test(name)
    following = [*items[1:], None]
    return 0 if all(_passes(item, then) for item, then in zip(items, following, strict=True)) else 1


def _judge_anew(name: str, config: pytest.Config, seconds: float) -> int:
    """Become a pytest of its own, which loads the modules with the mutant."""
    _limit(seconds)
    arguments = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += ["--hypothesis-profile=mutation", "-m", config.getoption("markexpr"), *config.args]
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    os.execve(sys.executable, [sys.executable, *arguments], {**os.environ, "MUTANT_UNDER_TEST": name})  # noqa: S606 - no shell is meant


def _limit(seconds: float) -> None:
    """Limit processor time: a busy machine kills none."""
    whole = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


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
