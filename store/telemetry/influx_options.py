"""How to reach an InfluxDB 2; apart from the client, so that settings can be checked without loading it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InfluxOptions:
    """How to reach an InfluxDB 2. `timeout` in seconds, per request; the token never stands in a repr.

    `gzip` is off: it leaves 14 % of 198 bytes a reading, but costs 40 % more of our CPU in batches of 5,000 and pays
    only on a line slower than about 30 Mbit/s (`benchmarks/influx_gzip.py`, two busy cores, November 2026).
    """

    url: str
    token: str = field(repr=False)
    org: str
    bucket: str
    gzip: bool = False
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not self.token.isascii() or not self.token.isprintable():  # the HTTP library would print it in its error
            raise ValueError("token: has characters that no HTTP header can carry")
