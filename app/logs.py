"""One formatter for all that logs: ours, uvicorn's, paho's and APScheduler's. To standard output, nothing else."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from typing_extensions import override

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {k: v for k, v in vars(record).items() if k not in _STANDARD}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the extra fields."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same for people: time, level, event, key=value."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        pairs = " ".join(f"{k}={v}" for k, v in _extras(record).items())
        text = f"{moment} {record.levelname:<7} {record.getMessage()} {pairs}".rstrip()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(level: str, style: Literal["json", "text"]) -> None:
    """Send every log of the process to standard output in one style; access logs are off."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, floor in (
        ("uvicorn", "WARNING"),  # starts and stops are told by the life cycle
        ("uvicorn.access", "WARNING"),
        ("apscheduler", "WARNING"),
        ("alembic", "WARNING"),
        ("amqtt", "ERROR"),
    ):
        logging.getLogger(name).setLevel(floor)
