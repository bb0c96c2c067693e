"""Parts start in order and stop in reverse, whatever fails."""

import pytest

from app.lifecycle import Lifecycle, Part


class Recorder:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def part(self, name: str, *, fails: str = "") -> Part:
        def act(what: str) -> None:
            if fails == what:
                raise RuntimeError(what)
            self.seen.append(f"{what} {name}")

        return Part(name, name, lambda: act("start"), lambda: act("stop"))


def test_parts_stop_in_reverse_and_only_once() -> None:
    seen = Recorder()
    lifecycle = Lifecycle([seen.part("a"), seen.part("b")])
    lifecycle.start()
    lifecycle.stop()
    lifecycle.stop()
    assert seen.seen == ["start a", "start b", "stop b", "stop a"]


def test_a_failed_start_takes_back_what_was_started() -> None:
    seen = Recorder()
    lifecycle = Lifecycle([seen.part("a"), seen.part("b", fails="start"), seen.part("c")])
    with pytest.raises(RuntimeError):
        lifecycle.start()
    assert seen.seen == ["start a", "stop a"]


def test_a_part_that_fails_to_stop_does_not_keep_the_others() -> None:
    seen = Recorder()
    lifecycle = Lifecycle([seen.part("a"), seen.part("b", fails="stop")])
    lifecycle.start()
    lifecycle.stop()
    assert seen.seen == ["start a", "start b", "stop a"]
