"""E-mail by SMTP. 4xx = later, 5xx = never; a connection that breaks after the text was sent = it may have arrived."""

import contextlib
import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Literal

from domain.notice import Message, Outcome
from notify.channel import SENT, Named, Result

_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class Mailbox:
    """How to reach the server. `to` = the group's address; None = each person's own."""

    host: str
    port: int
    sender: str
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    to: str | None = None
    ca_file: str | None = None
    timeout: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpChannel(Named):
    """Sends one mail for each message, on a connection of its own."""

    mailbox: Mailbox

    def send(self, message: Message) -> Result:
        """Tell it."""
        mail = self._mail(message)
        handed_over = False
        try:
            with contextlib.closing(self._open()) as server:
                server.ehlo_or_helo_if_needed()
                if self.mailbox.username is not None:
                    server.login(self.mailbox.username, self.mailbox.password or "")
                handed_over = True
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max(code for code, _ in refused.recipients.values())
            return Result(_of_code(code), str(code), "the recipient was refused")
        except smtplib.SMTPResponseException as error:
            return Result(_of_code(error.smtp_code), str(error.smtp_code), error.__class__.__name__)
        except smtplib.SMTPNotSupportedError as error:
            return Result(Outcome.REFUSED, "not_supported", str(error))
        except (smtplib.SMTPException, OSError) as error:
            outcome = Outcome.UNKNOWN if handed_over else Outcome.AWAY
            return Result(outcome, "connection", error.__class__.__name__)
        return SENT

    def _open(self) -> smtplib.SMTP:
        box = self.mailbox
        if box.tls == "none":
            return smtplib.SMTP(box.host, box.port, timeout=box.timeout)
        context = ssl.create_default_context(cafile=box.ca_file)
        if box.tls == "tls":
            return smtplib.SMTP_SSL(box.host, box.port, timeout=box.timeout, context=context)
        server = smtplib.SMTP(box.host, box.port, timeout=box.timeout)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, message: Message) -> EmailMessage:
        box = self.mailbox
        mail = EmailMessage()
        mail["Subject"], mail["From"] = message.title, box.sender
        mail["To"] = box.to if box.to is not None else message.addresses[0]
        # the same text keeps its id when it is repeated, so that a mailbox can show it once
        digest = hashlib.blake2b("\n".join(message.keys).encode(), digest_size=16).hexdigest()
        mail["Message-ID"] = f"<{digest}@{box.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{message.title}\n\n{message.text}\n")
        return mail


def _of_code(code: int) -> Outcome:
    return Outcome.REFUSED if code >= _PERMANENT else Outcome.AWAY
