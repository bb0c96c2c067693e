"""The log: where notices go when nothing else is configured, and in the demo to the console."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from domain.notice import Message
from notify.channel import SENT, Named, Result

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogChannel(Named):
    """Writes the message as one line of the log, or hands it to `show`."""

    show: Callable[[str], object] | None = None

    def send(self, message: Message) -> Result:
        """Tell it."""
        if self.show is not None:
            self.show(f"{message.title}\n{message.text}")
        else:
            facts = {"channel": self.name, "severity": message.severity.value, "group": message.group}
            to = [n.person for n in message.about if n.person is not None]
            logger.info(
                "notice", extra={**facts, "to": list(dict.fromkeys(to)), "title": message.title, "text": message.text}
            )
        return SENT
