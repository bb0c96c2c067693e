"""What the spans of a trace have in common, wherever they are made."""

from typing import Final, TypedDict


class SpanOptions(TypedDict):
    """Arguments of OpenTelemetry's `start_as_current_span`."""

    record_exception: bool
    set_status_on_exception: bool


CALM: Final[SpanOptions] = {"record_exception": False, "set_status_on_exception": False}
"""Of work that waits for what is away and is tried again: an exception that passes through is no failure of it."""
