"""The channels of the configuration become channels that can be used. Secrets are read here and go no further."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app import channel_settings as kinds
from app.channel_mark import mark_of
from app.channels_file import SHIPPED, contact_of, read_channels
from app.message_words import spoken
from domain.citytime import Place
from domain.duty import ContactKind
from domain.errors import ConfigError, Problem
from notify.channel import Channel
from notify.channels import alertmanager, dingtalk, feishu, gateway, mqtt, smtp, webhook, wecom
from notify.channels.log import LogChannel
from notify.egress import Egress, checked_url, hosts
from notify.http import Poster
from notify.retry import Policy
from notify.texts import Texts


@dataclass(frozen=True, slots=True)
class Channels:
    """Everything that the configuration says of channels."""

    channels: tuple[Channel, ...]
    texts: Texts
    policy: Policy
    keep: timedelta
    mark: str = ""
    """Changes when anything that they are made of does: the file, a secret, a template."""

    @property
    def contacts(self) -> Mapping[str, ContactKind | None]:
        """By channel: the kind of address it needs; None = it has a group."""
        return {channel.name: channel.personal for channel in self.channels}


def load_channels(path: Path | None, place: Place, wall: Callable[[], datetime]) -> Channels:
    """Read the channels of `path`, or those that ship with Quanyan (the log alone).

    Raises:
        ConfigError: with every mistake: file, channel and key, reason.
    """
    file = path or SHIPPED
    found = read_channels(file)
    problems: list[Problem] = []
    built: list[Channel] = []
    for name, section in found.channels.items():
        try:
            built.append(_build(name, section, wall))
        except ConfigError as error:
            problems += [Problem(str(file), 0, f"channels.{name}.{p.field}", p.reason) for p in error.problems]
    if problems:
        raise ConfigError(problems)
    policy = Policy(timedelta(hours=found.give_up_hours))
    texts = Texts(place, found.templates, spoken())
    return Channels(tuple(built), texts, policy, timedelta(days=found.keep_days), mark_of(found))


def _build(name: str, section: kinds.AnyChannel, wall: Callable[[], datetime]) -> Channel:
    match section:
        case kinds.LogSettings():
            return LogChannel(name)
        case kinds.SmtpSettings():
            return _smtp(name, section)
        case kinds.MqttChannelSettings():
            return _mqtt(name, section)
        case kinds.AppriseSettings():
            from notify.channels import long_tail  # late: it loads every service that apprise knows

            url = long_tail.checked(_secret(section.url_file, section.url_env, "url"), "url")
            return long_tail.AppriseChannel(name, url=url)
        case _:
            return _by_http(name, section, wall)


def _by_http(name: str, section: Any, wall: Callable[[], datetime]) -> Channel:
    suffix = "/api/v2/alerts" if isinstance(section, kinds.AlertmanagerSettings) else ""
    poster = _poster(section, suffix)
    match section:
        case kinds.DingTalkSettings():
            return dingtalk.DingTalkChannel(name, poster=poster, secret=_signing(section), wall=wall)
        case kinds.WeComSettings():
            return wecom.WeComChannel(name, poster=poster)
        case kinds.FeishuSettings():
            return feishu.FeishuChannel(name, poster=poster, secret=_signing(section), wall=wall)
        case kinds.AlertmanagerSettings():
            return alertmanager.AlertmanagerChannel(name, poster=poster, wall=wall)
        case kinds.GatewaySettings():
            return _gateway(name, section, poster)
        case _:
            return webhook.WebhookChannel(name, poster=poster, secret=_signing(section), wall=wall)


def _gateway(name: str, section: kinds.GatewaySettings, poster: Poster) -> Channel:
    dialect = gateway.Dialect(
        body=section.body,
        variables=section.variables,
        result=section.result,
        good=frozenset(section.good),
        limited=frozenset(section.limited),
        again=frozenset(section.again),
    )
    limits = gateway.VOICE_LIMITS if section.kind == "voice" else gateway.SMS_LIMITS
    token = _signing(section)
    return gateway.GatewayChannel(
        name, personal=contact_of(section), limits=limits, poster=poster, token=token, dialect=dialect
    )


def _smtp(name: str, section: kinds.SmtpSettings) -> Channel:
    password = None
    if section.username is not None:
        password = _secret(section.secret_file, section.secret_env, "secret")
    box = smtp.Mailbox(
        host=section.host,
        port=section.port,
        sender=section.sender,
        tls=section.tls,
        username=section.username,
        password=password,
        to=section.to,
        ca_file=_text(section.ca_file),
        timeout=section.timeout_s,
    )
    return smtp.SmtpChannel(name, personal=contact_of(section), mailbox=box)


def _mqtt(name: str, section: kinds.MqttChannelSettings) -> Channel:
    password = None
    if section.username is not None:
        password = _secret(section.secret_file, section.secret_env, "secret")
    broker = mqtt.Broker(
        host=section.host,
        port=section.port,
        topic=section.topic,
        client_id=section.client_id,
        username=section.username,
        password=password,
        tls=section.tls,
        ca_file=_text(section.ca_file),
        timeout=section.timeout_s,
    )
    return mqtt.MqttChannel(name, broker=broker)


def _poster(section: kinds.HttpSettings, suffix: str) -> Poster:
    egress = Egress(hosts(section.allowed_hosts), section.private)
    given = [v for v in (section.url, section.url_file, section.url_env) if v is not None]
    if len(given) != 1:
        raise ConfigError([Problem("", 0, "url", "give exactly one of url, url_file and url_env")])
    url = section.url if section.url is not None else _secret(section.url_file, section.url_env, "url")
    url = checked_url(url.rstrip("/") + suffix if suffix else url, egress, "url")
    return Poster(url, egress, _text(section.ca_file), httpx.Timeout(section.timeout_s, connect=3.0))


def _signing(section: kinds.SecretSettings) -> str:
    return _secret(section.secret_file, section.secret_env, "secret")


def _secret(file: Path | None, variable: str | None, key: str) -> str:
    """Return a secret from its file or its environment variable. No error holds any of it."""
    if (file is None) == (variable is None):
        raise ConfigError([Problem("", 0, key, f"give exactly one of {key}_file and {key}_env")])
    if variable is not None:
        found = os.environ.get(variable, "").strip()
        if not found:
            raise ConfigError([Problem("", 0, f"{key}_env", f"the environment has no {variable}")])
        return found
    try:
        found = Path(str(file)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ConfigError([Problem("", 0, f"{key}_file", reason or "cannot be read")]) from None
    if not found:
        raise ConfigError([Problem("", 0, f"{key}_file", "the file is empty")])
    return found


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
