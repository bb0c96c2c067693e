"""From a path to text: a file that cannot be read or decoded is a mistake like any other, with its place."""

from pathlib import Path

from domain.errors import ConfigError, Problem


def contents(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from error


def decoded(data: bytes, file: str) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Raises:
        ConfigError: the file is empty or not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8: byte 0x{data[error.start]:02X}; save the file as UTF-8 (not GBK or UTF-16)"
        raise ConfigError([Problem(file, line, "", reason)]) from None
    if not text.strip():
        raise ConfigError([Problem(file, 0, "", "is empty")])
    return text
