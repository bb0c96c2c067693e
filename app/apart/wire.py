"""Calls as bytes: a name and its arguments there, an answer or an error of ours back. Pure.

A frame is its length (4 bytes, big-endian) and its content: a word, a line feed, JSON.
"""

from dataclasses import dataclass
from struct import Struct
from types import GenericAlias
from typing import Any, Final, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from domain.errors import ConfigError, Conflict, JournalFull, NotFound, Problem, Starting, StoreUnavailable

LENGTH: Final = Struct(">I")
MOST: Final = 256 * 2**20
"""The longest frame."""
_OK: Final = "ok"
_PROBLEMS: Final = TypeAdapter(tuple[Problem, ...])
_TOLD: Final[dict[str, type[Exception]]] = {
    "StoreUnavailable": StoreUnavailable,
    "Starting": Starting,
    "JournalFull": JournalFull,
    "NotFound": NotFound,
    "Conflict": Conflict,
    "ValueError": ValueError,
}
_BYTES: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True, slots=True)
class Call:
    """How one call is written and read."""

    name: str
    arguments: TypeAdapter[tuple[Any, ...]]
    answer: TypeAdapter[Any]


class Calls:
    """The calls of a protocol, made from the type hints of its methods; all arguments are positional."""

    def __init__(self, protocol: type) -> None:
        """Read the hints."""
        methods = {name: f for name, f in vars(protocol).items() if callable(f) and not name.startswith("_")}
        self._calls = {name: _call(name, get_type_hints(method)) for name, method in methods.items()}

    def __contains__(self, name: object) -> bool:
        return name in self._calls

    def request(self, name: str, arguments: tuple[Any, ...]) -> bytes:
        """Return the frame that asks for a call."""
        return _frame(name, self._calls[name].arguments.dump_json(arguments))

    def answered(self, name: str, content: bytes) -> Any:
        """Return what the content of an answer's frame says.

        Raises:
            QuanyanError, ValueError: what the call raised there.
            StoreUnavailable: it failed otherwise, or was not understood; the log of the other process has more.
        """
        said, _, body = content.partition(b"\n")
        word = said.decode("ascii", "replace")
        try:
            if word == _OK:
                return self._calls[name].answer.validate_json(body)
            if word == "ConfigError":
                raise ConfigError(_PROBLEMS.validate_json(body))
        except ValidationError as error:
            raise StoreUnavailable(f"the answer to {name} is not understood: {error.error_count()} errors") from error
        raise _TOLD.get(word, StoreUnavailable)(body.decode(errors="replace"))

    def perform(self, target: object, content: bytes) -> bytes:
        """Do what the content of a request's frame asks of `target`, and return the frame of the answer.

        Raises:
            Exception: what is none of the errors that the caller is told; the caller is to be told `failed`.
        """
        name, _, body = content.partition(b"\n")
        call = self._calls.get(name.decode("ascii", "replace"))
        if call is None:
            return failed(f"no such call: {name[:50]!r}")
        try:
            arguments = call.arguments.validate_json(body)
        except ValidationError as error:
            return failed(f"the arguments of {call.name} are not understood: {error.error_count()} errors")
        try:
            answer = getattr(target, call.name)(*arguments)
        except ConfigError as error:
            return _frame("ConfigError", _PROBLEMS.dump_json(error.problems))
        except tuple(_TOLD.values()) as error:
            word = next(word for word, kind in _TOLD.items() if isinstance(error, kind))
            return _frame(word, str(error).encode())
        return _frame(_OK, call.answer.dump_json(answer))


def failed(why: str) -> bytes:
    """Return the frame that says that a call could not be carried out."""
    return _frame("StoreUnavailable", why.encode())


def _call(name: str, hints: dict[str, Any]) -> Call:
    answer = hints.pop("return")
    arguments: Any = GenericAlias(tuple, tuple(hints.values()))
    return Call(name, TypeAdapter(arguments, config=_BYTES), TypeAdapter(answer))


def _frame(word: str, body: bytes) -> bytes:
    return LENGTH.pack(len(word) + 1 + len(body)) + word.encode() + b"\n" + body
