"""Which content codings a caller takes, by its Accept-Encoding (RFC 9110 section 12.5.3)."""

import re
from collections.abc import Sequence
from typing import Final

_REFUSED: Final = re.compile(r"q=0(\.0{0,3})?")


def coding_for(header: str | None, offered: Sequence[str]) -> str | None:
    """Return the first of `offered`, our best first, that the caller takes; None = as it is, in no coding.

    A coding is taken by its name, or by `*` where it is not named, unless its quality is nought. Who says nothing
    takes nothing. Among those that are taken ours is the choice: a caller's preferences between them are not weighed.
    """
    taken = {}
    for part in (header or "").lower().split(","):
        coding, _, quality = part.partition(";")
        taken[coding.strip()] = _REFUSED.fullmatch(quality.replace(" ", "")) is None
    return next((coding for coding in offered if taken.get(coding, taken.get("*", False))), None)
