"""A caller's codings are read once for the page's files and for the large answers."""

import pytest

from api.codings import coding_for


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("br, gzip", "br"),
        ("gzip;q=1.0, br;q=0.2", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000 , gzip ;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.", None),
        ("gzip;q=0.001", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("x-gzip, broken", None),
        (";;,,=", None),
    ],
)
def test_the_first_coding_that_is_taken_and_not_refused_is_ours(header: str | None, coding: str | None) -> None:
    assert coding_for(header, ("br", "gzip")) == coding


def test_what_we_do_not_have_is_not_sent() -> None:
    assert coding_for("br, *", ()) is None
    assert coding_for("br", ("gzip",)) is None
