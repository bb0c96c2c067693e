"""Calls between processes: values and errors arrive as they were sent, whatever happens to the other side."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apart.client import CallClient
from app.apart.ports import EngineCalls, IngestCalls
from app.apart.server import CallServer
from app.apart.wire import LENGTH, Calls
from app.channels import load_channels
from app.clock import wall_now
from app.duty import load_plan
from domain.citytime import JINAN
from domain.delivery import Reason
from domain.errors import ConfigError, Conflict, JournalFull, NotFound, Problem, QuanyanError, StoreUnavailable
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.ports import Receipt
from domain.reading import DeviceEvent, Phase, Reading
from domain.record import QuarantineItem
from domain.scope import CITY, Scope

AT = datetime(2026, 11, 29, 10, 0, 0, 123456, tzinfo=UTC)
MEASURE = Measure("x", "city", AT, "%", 99.5, 1, 2.0, 0, None, Span(AT, AT), detail={"a": [1, 2.5, None, "灯"]})
READING = Reading(
    "L1", "streetlight", AT, AT, {"v": 220.0, "n": 3, "on": True, "s": "3"}, ("f",), (DeviceEvent("e", Phase.END),), 7
)
ERRORS = [
    StoreUnavailable("away"),
    JournalFull("full"),
    NotFound("no such 灯"),
    Conflict("two"),
    ConfigError([Problem("a.toml", 3, "x", "is wrong"), Problem("b.toml", 0, "", "is worse")]),
    ValueError("at: lies in the future"),
]


class Asked(Protocol):
    """A few calls, as the processes have them."""

    def echo(self, topic: str, payload: bytes) -> str: ...

    def fail(self, number: int) -> None: ...

    def measure(self, indicator: str, scope: Scope) -> Measure: ...

    def latest(self, device: str) -> Reading | None: ...

    def slow(self) -> None: ...


class Target:
    """Answers them."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def echo(self, topic: str, payload: bytes) -> str:
        return f"{topic} {payload.hex()}"

    def fail(self, number: int) -> None:
        if number == len(ERRORS):
            raise RuntimeError("a bug with a s3cret in it")
        raise ERRORS[number]

    def measure(self, indicator: str, scope: Scope) -> Measure:
        assert (indicator, scope) == ("x", CITY)
        return MEASURE

    def latest(self, device: str) -> Reading | None:
        return READING if device == "L1" else None

    def slow(self) -> None:
        self.go_on.wait(60)


CALLS = Calls(Asked)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "t.sock"


@pytest.fixture
def server(path: Path) -> Iterator[CallServer]:
    target = Target()
    running = CallServer(CALLS, target, path)
    running.start()
    yield running
    target.go_on.set()
    running.stop()


Dial = Callable[..., Asked]


@pytest.fixture
def client() -> Iterator[Dial]:
    """Makes clients of a path."""
    made: list[CallClient] = []

    def dial(path: Path, patience: float = 30) -> Asked:
        made.append(CallClient(CALLS, path, "other", patience))
        return cast("Asked", made[-1])

    yield dial
    for one in made:
        one.close()


def test_values_arrive_as_they_were_sent(server: CallServer, client: Dial, path: Path) -> None:
    assert server.alive()
    asked = client(path)
    assert asked.echo("灯/", b"\x00\xff\n") == "灯/ 00ff0a"
    assert asked.measure("x", CITY) == MEASURE
    assert asked.latest("L1") == READING
    said = cast("Reading", asked.latest("L1")).values
    assert {name: type(value) for name, value in said.items()} == {"v": float, "n": int, "on": bool, "s": str}
    assert asked.latest("L2") is None


@pytest.mark.parametrize("number", range(len(ERRORS)), ids=lambda n: type(ERRORS[n]).__name__)
def test_errors_of_ours_arrive_as_they_were_raised(server: CallServer, client: Dial, path: Path, number: int) -> None:
    with pytest.raises(type(ERRORS[number])) as caught:
        client(path).fail(number)
    assert str(caught.value) == str(ERRORS[number])


def test_a_bug_over_there_is_a_store_that_is_away_here_and_tells_nothing_of_itself(
    server: CallServer, client: Dial, path: Path
) -> None:
    with pytest.raises(StoreUnavailable, match="fail failed: RuntimeError") as caught:
        client(path).fail(len(ERRORS))
    assert "s3cret" not in str(caught.value)
    assert client(path).latest("L1") == READING


def test_a_process_that_is_not_there_is_told_by_its_name(client: Dial, path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="the other process does not answer"):
        client(path).latest("L1")


def test_a_process_that_was_started_anew_is_found_again(client: Dial, path: Path) -> None:
    asked = client(path)
    for _ in range(3):
        running = CallServer(CALLS, Target(), path)
        running.start()
        assert asked.latest("L1") == READING
        running.stop()
    with pytest.raises(StoreUnavailable):
        asked.latest("L1")


def test_a_socket_that_a_killed_process_left_is_replaced(client: Dial, path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    running = CallServer(CALLS, Target(), path)
    running.start()
    assert client(path).latest("L1") == READING
    running.stop()


def test_who_does_not_answer_in_time_is_given_up_and_holds_nobody_else_up(
    server: CallServer, client: Dial, path: Path
) -> None:
    with pytest.raises(StoreUnavailable, match=r"did not answer in 0\.05 s"):
        client(path, patience=0.05).slow()
    assert client(path).latest("L1") == READING


def test_many_threads_share_the_connections(server: CallServer, client: Dial, path: Path) -> None:
    asked = client(path)
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda n: asked.echo(str(n), b"x"), range(500)))
    assert found == [f"{n} 78" for n in range(500)]


def test_only_the_user_may_open_the_socket(server: CallServer, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_is_refused_by_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"processes\.folder: .* is too long for a socket"):
        CallServer(CALLS, Target(), tmp_path / ("x" * 100) / "t.sock")


def test_a_connection_that_sends_garbage_ends_and_the_others_go_on(
    server: CallServer, client: Dial, path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(30)
        stranger.connect(str(path))
        stranger.sendall(b"\xff\xff\xff\xffGET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
    assert client(path).latest("L1") == READING


@given(st.one_of(st.binary(), st.builds(lambda name, body: name.encode() + b"\n" + body, st.text(), st.binary())))
def test_any_bytes_get_an_answer_that_is_understood(content: bytes) -> None:
    answer = CALLS.perform(Target(), content)
    assert LENGTH.unpack(answer[:4]) == (len(answer) - 4,)
    with pytest.raises(StoreUnavailable):
        CALLS.answered("latest", answer[4:])


@given(st.binary())
def test_any_answer_is_a_value_or_an_error_of_ours(content: bytes) -> None:
    try:
        found = CALLS.answered("latest", content)
    except (QuanyanError, ValueError):
        return
    assert found is None or isinstance(found, Reading)


def examples() -> Mapping[str, Any]:
    """Answers of the real calls that hold more than numbers and texts."""
    channels = load_channels(None, JINAN, wall_now)
    item = QuarantineItem(3, 0, Reason.UNKNOWN_DEVICE, "x", None, AT)
    return {
        "chains": load_plan(None, channels.contacts),
        "submit": Receipt(3, 1, [item]),
        "explain": Explanation(MEASURE, "GB 1", [Input("L1", "灯", used=False, at=AT)], [Step("a", "1")]),
        "latest": READING,
    }


@pytest.mark.parametrize("name", examples())
def test_what_the_processes_answer_is_the_same_there_and_back(name: str) -> None:
    value = examples()[name]
    calls = Calls(IngestCalls if name == "submit" else EngineCalls)

    class Saying:
        def __getattr__(self, _: str) -> Any:
            return lambda *_: value

    arguments = {"submit": ("t", b"x"), "explain": ("x", CITY), "latest": ("L1",)}.get(name, ())
    found = calls.answered(name, calls.perform(Saying(), calls.request(name, arguments)[4:])[4:])
    assert found == value


def test_instants_and_dates_keep_their_microseconds_and_zones() -> None:
    calls = Calls(IngestCalls)
    seen: list[Any] = []

    class Saying:
        def feeds(self, day: date, now: datetime) -> list[object]:
            seen.extend((day, now))
            return []

        def oldest_unstored(self) -> datetime:
            return AT

    local = AT.astimezone(JINAN.tz) + timedelta(microseconds=1)
    calls.perform(Saying(), calls.request("feeds", (date(2026, 11, 29), local))[4:])
    assert seen == [date(2026, 11, 29), local]
    assert (
        calls.answered("oldest_unstored", calls.perform(Saying(), calls.request("oldest_unstored", ())[4:])[4:]) == AT
    )
