"""Alert rules and their test cases from a folder of TOML files."""

from pathlib import Path

from app.incidents import load_plan
from domain.citytime import JINAN, Place
from domain.errors import ConfigError, Problem
from rules.alerts.book import RuleBook
from rules.alerts.case_file import RuleCase, parse_cases
from rules.alerts.rule_file import parse_book

SHIPPED = Path(__file__).parents[1] / "config" / "rules"
CASES = ".cases.toml"


def load_book(folder: Path) -> RuleBook:
    """Read every rule file of a folder (or one file).

    Raises:
        ConfigError: with every mistake of every file: file, line, field and reason.
    """
    book = parse_book({str(path): _text(path) for path in _files(folder) if not path.name.endswith(CASES)})
    known = load_plan().categories
    wrong = [rule for rule in book.rules.values() if rule.opens is not None and rule.opens.category not in known]
    if wrong:
        reason = f"must be one of {', '.join(known)}"
        raise ConfigError([Problem(rule.file, 0, f"{rule.name}, incident.category", reason) for rule in wrong])
    return book


def load_cases(folder: Path, book: RuleBook, place: Place = JINAN) -> list[RuleCase]:
    """Read every file of test cases of a folder (or the one beside a rule file).

    Raises:
        ConfigError: with the mistakes of the first file that has any.
    """
    files = [path for path in _files(folder) if path.name.endswith(CASES)]
    if folder.is_file() and not files:
        beside = folder.with_name(folder.name.removesuffix(".toml") + CASES)
        files = [beside] if beside.exists() else []
    return [case for path in files for case in parse_cases(_text(path), str(path), book, place)]


Fingerprint = tuple[tuple[str, int, int], ...]


def fingerprint(folder: Path) -> Fingerprint:
    """Return what changes when a rule file is changed: names, sizes and times of change. Empty when it is not there."""
    try:
        stats = [(path, path.stat()) for path in _files(folder) if not path.name.endswith(CASES)]
    except (OSError, ConfigError):
        return ()
    return tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats)


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise ConfigError([Problem(str(folder), 0, "", "is no folder of rule files")])
    return sorted(folder.glob("*.toml"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "is not UTF-8") or "cannot be read"
        raise ConfigError([Problem(str(path), 0, "", reason)]) from None
