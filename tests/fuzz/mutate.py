"""Cases by mutation: bytes of the corpus cut, repeated, joined and spiced with what has broken parsers before."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"
"""One file per case, the name begins with its target: cases that broke something, and such that reach new code, too."""
SPICE: Final = (
    *(
        b"\x00",
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        "灯".encode(),
        "\u202e".encode(),
        b"\\ud800",
    ),
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"=", b" ", b"\n", b"\r", b"#", b"/", b"+", b"'''", b'"""'),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 400, b"1e-400", b"0x10", b"1_000", b"5e-324"),
    *(
        b"9223372036854775808",
        b"-9223372036854775809",
        b"2147483648",
        b"0.1" * 30,
        b'"seq"',
        b'"values"',
        b'"readings"',
    ),
    *(
        b"0001-01-01T00:00:00+14:00",
        b"9999-12-31T23:59:59.999999-14:00",
        b"2026-02-30T25:61:61Z",
        b"2026-11-25T08:00:00Z",
    ),
    *(
        b"[" * 500,
        b'{"a":' * 200,
        b"readings",
        b"streetlight",
        b"telemetry",
        b"batch",
        b"status",
        b"city/v1/",
        b"%s",
        b"../",
    ),
)


def cases(target: str, count: int, seed: int) -> Iterator[bytes]:
    """Yield the corpus of a target as it is, then mutations of it; equal arguments give equal cases."""
    known = corpus(target)
    yield from known
    draw = random.Random(f"{target} {seed}")
    for _ in range(max(0, count - len(known))):
        case = draw.choice(known)
        for _ in range(draw.choice((1, 1, 2, 3, 8))):
            case = _mutated(case, known, draw)
        yield case[:100_000]


def corpus(target: str) -> Sequence[bytes]:
    """Return the cases kept for a target, in the order of their names."""
    return [path.read_bytes() for path in sorted(CORPUS.glob(f"{target}-*"))]


def keep(folder: Path, prefix: str, case: bytes) -> Path:
    """Write a case into a folder, under a name of its own; return its file."""
    file = folder / f"{prefix}{hashlib.sha256(case).hexdigest()[:12]}"
    file.write_bytes(case)
    return file


def _mutated(case: bytes, known: Sequence[bytes], draw: random.Random) -> bytes:
    here, there = sorted((draw.randint(0, len(case)), draw.randint(0, len(case))))
    other = draw.choice(known)
    ways = (
        lambda: case[:here] + draw.choice(SPICE) + case[here:],
        lambda: case[:here] + draw.choice(SPICE) + case[there:],
        lambda: case[:here] + case[there:],
        lambda: case[:here] + case[here:there] * 2 + case[there:],
        lambda: case[:here] + bytes([draw.randrange(256)]) + case[here + 1 :],
        lambda: case[:here] + other[draw.randint(0, len(other)) :],
        lambda: case[:here],
    )
    return draw.choice(ways)()
