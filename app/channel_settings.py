"""The channels as people write them in TOML: one table for each, `kind` decides which keys it has.

A secret is given as a file (`…_file`) or as the name of an environment variable (`…_env`), never in the file itself.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0, le=86400)]


class Section(BaseModel):
    """What every channel's table may hold: nothing that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class LogSettings(Section):
    """The log."""

    kind: Literal["log"]


class HttpSettings(Section):
    """What is reached by HTTP. The URL may be a secret itself: then it is given by file or environment."""

    url: str | None = None
    url_file: Path | None = None
    url_env: str | None = None
    allowed_hosts: list[str] = Field(default_factory=list)
    """Hosts that may be connected to; default: the vendor's own."""
    private: bool = False
    """Whether hosts inside private networks, and plain http to them, are allowed."""
    ca_file: Path | None = None
    timeout_s: Seconds = 5.0


class SecretSettings(HttpSettings):
    """With a secret for signatures, or a token."""

    secret_file: Path | None = None
    secret_env: str | None = None


class DingTalkSettings(SecretSettings):
    """DingTalk group robot."""

    kind: Literal["dingtalk"]
    allowed_hosts: list[str] = ["oapi.dingtalk.com"]


class WeComSettings(HttpSettings):
    """WeCom group robot."""

    kind: Literal["wecom"]
    allowed_hosts: list[str] = ["qyapi.weixin.qq.com"]


class FeishuSettings(SecretSettings):
    """Feishu group robot."""

    kind: Literal["feishu"]
    allowed_hosts: list[str] = ["open.feishu.cn"]


class WebhookSettings(SecretSettings):
    """A generic webhook."""

    kind: Literal["webhook"]


class AlertmanagerSettings(HttpSettings):
    """An Alertmanager; the URL of its root."""

    kind: Literal["alertmanager"]


class GatewaySettings(SecretSettings):
    """SMS or voice: how the gateway's requests and answers are written."""

    kind: Literal["sms", "voice"]
    body: dict[str, Any]
    variables: dict[str, Annotated[int, Field(ge=1, le=500)]]
    result: str
    good: list[str]
    limited: list[str] = Field(default_factory=list)
    again: list[str] = Field(default_factory=list)


class SmtpSettings(Section):
    """E-mail; without `to` each person's own address of the roster."""

    kind: Literal["smtp"]
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    secret_file: Path | None = None
    secret_env: str | None = None
    to: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    ca_file: Path | None = None
    timeout_s: Seconds = 10.0


class MqttChannelSettings(Section):
    """A broker; `{severity}` and `{group}` in the topic are filled in."""

    kind: Literal["mqtt"]
    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    topic: str = Field(min_length=1, pattern=r"^[^+#\x00]+$")
    client_id: str = Field(default="quanyan-notify", min_length=1)
    username: str | None = None
    secret_file: Path | None = None
    secret_env: str | None = None
    tls: bool = False
    ca_file: Path | None = None
    timeout_s: Seconds = 5.0


class AppriseSettings(Section):
    """A service that apprise knows; its URL is a secret."""

    kind: Literal["apprise"]
    url_file: Path | None = None
    url_env: str | None = None


AnyChannel = Annotated[
    LogSettings
    | DingTalkSettings
    | WeComSettings
    | FeishuSettings
    | WebhookSettings
    | AlertmanagerSettings
    | GatewaySettings
    | SmtpSettings
    | MqttChannelSettings
    | AppriseSettings,
    Field(discriminator="kind"),
]

NAME = r"^[a-z0-9][a-z0-9_-]{0,39}$"


class ChannelsFile(Section):
    """The whole file."""

    channels: dict[Annotated[str, Field(pattern=NAME)], AnyChannel]
    templates: Path | None = None
    """A folder whose templates (zh/notice.txt …) come before those that ship with Quanyan."""
    give_up_hours: Annotated[float, Field(gt=0, le=240)] = 24
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long what was sent is kept; dead letters stay."""
