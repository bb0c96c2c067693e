"""apprise, for the long tail of services (ntfy, Gotify, PagerDuty …).

It says only yes or no, so a failure is tried again. DingTalk, WeCom robot, Feishu and Lark are refused here: apprise
takes their HTTP 200 for success whatever the body says, and does not sign Feishu (city_operations 5.3); Quanyan has
channels of its own for them.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

import apprise

from domain.errors import ConfigError, Problem
from domain.notice import Message, Outcome
from domain.severity import Severity
from notify.channel import SENT, Named, Result

REFUSED: Final = ("dingtalk", "wecombot", "feishu", "lark")
_LEVELS: Final = {
    Severity.INFO: apprise.NotifyType.INFO,
    Severity.MINOR: apprise.NotifyType.INFO,
    Severity.MAJOR: apprise.NotifyType.WARNING,
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel(Named):
    """Hands messages to one apprise URL, which is a secret."""

    url: str = field(repr=False)

    def send(self, message: Message) -> Result:
        """Tell it. A fresh object each time: apprise sleeps seconds between the sends of one object."""
        service = apprise.Apprise()
        service.add(self.url)
        level = apprise.NotifyType.SUCCESS if message.resolved else _LEVELS[message.severity]
        if service.notify(body=message.text or message.title, title=message.title, notify_type=level):
            return SENT
        return Result(Outcome.UNKNOWN, "apprise", "the service did not say that it took it")


def checked(url: str, field_name: str) -> str:
    """Return an apprise URL.

    Raises:
        ConfigError: apprise does not know it, or Quanyan has a channel of its own for it.
    """
    logging.getLogger("apprise").setLevel(logging.WARNING)  # below that it writes URLs to the log
    scheme = url.partition(":")[0].lower()
    reason = None
    if scheme in REFUSED:
        reason = f"use the channel kind of its own: apprise does not see the failures of {scheme}"
    elif not apprise.Apprise().add(url):
        reason = "is no URL that apprise knows"
    if reason is not None:
        raise ConfigError([Problem("channels", 0, field_name, reason)])
    return url
