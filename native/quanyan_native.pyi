# The compiled way of a plain reading: the answers of the Python that it stands in for, or None.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, final

from domain.reading import Reading

Buffers: TypeAlias = tuple[bytes | None, bytes]

@final
class Columns:
    # Makes the buffers of Arrow columns of rows (offset, position, reading).
    def __new__(cls, types: Mapping[str, Sequence[tuple[str, str]]]) -> Columns: ...
    def parts(
        self, rows: list[tuple[int, int, Reading]]
    ) -> tuple[list[tuple[str, int, int, int, dict[str, Buffers | None]]], list[tuple[int, int, Reading]]]: ...

@final
class Lines:
    # Writes plain readings as line protocol, each with the digest of its content.
    def __new__(cls, types: Mapping[str, Sequence[tuple[str, str]]]) -> Lines: ...
    def plains(self, readings: list[Reading]) -> list[tuple[int, str] | None]: ...

@final
class Wire:
    # Reads payloads of one kind in the house format. Instants of `span` are microseconds since 1970-01-01T00:00Z.

    def __new__(
        cls, reading: type[Reading], kind: str, metrics: Sequence[tuple[str, str, float | None, float | None]]
    ) -> Wire: ...
    def one(
        self,
        payload: bytes,
        device: str,
        ids: dict[str, str],
        arrival: datetime,
        span: tuple[int, int],
    ) -> list[Reading] | None: ...
    def many(
        self,
        payload: bytes,
        ids: dict[str, str],
        arrival: datetime,
        span: tuple[int, int],
        most: int,
    ) -> list[Reading] | None: ...
