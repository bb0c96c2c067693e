"""E-mail against a small SMTP server: later, never, and "it may have arrived" told apart."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_string
from email.header import decode_header, make_header

import pytest
from typing_extensions import override

from domain.duty import ContactKind
from domain.notice import NoticeState
from notify.channels.smtp import Mailbox, SmtpChannel
from tests.notify.support import Office, notice


class Postman(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as is needed. `script` holds one reply to RCPT or DATA's end; `hang_up` drops there."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[str] = []
        self.rcpt: list[str] = []
        self.end: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: Postman

    @override
    def handle(self) -> None:
        self._say("220 here")
        for raw in self.rfile:
            word = raw[:4].upper()
            if word == b"RCPT":
                self._say(self.server.rcpt.pop(0) if self.server.rcpt else "250 ok")
            elif word == b"DATA":
                self._say("354 go on")
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line.decode())
                reply = self.server.end.pop(0) if self.server.end else "250 taken"
                if reply == "hang up":
                    return
                if reply.startswith("250"):
                    self.server.mails.append("".join(lines))
                self._say(reply)
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def postman() -> Iterator[Postman]:
    server = Postman()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def mail(port: int, to: str | None = None) -> SmtpChannel:
    box = Mailbox("127.0.0.1", port, "duty@city.example", tls="none", to=to)
    return SmtpChannel("mail", None if to else ContactKind.EMAIL, mailbox=box)


def test_a_mail_reaches_the_person(office: Office) -> None:
    with postman() as server:
        office.post(notice("a", "mail"))
        office.run(office.lane(mail(server.port)), timedelta(seconds=1))
    (text,) = server.mails
    found = message_from_string(text)
    assert found["To"] == "ann@city.example"
    assert str(make_header(decode_header(found["Subject"]))) == "【重要】告警：回路失电 a"
    assert found["Auto-Submitted"] == "auto-generated"
    assert office.states() == {"a": NoticeState.SENT}


@pytest.mark.parametrize(
    ("rcpt", "end", "outcomes"),
    [
        ("450 greylisted", "", ["away", "sent"]),
        ("550 no such user", "", ["refused"]),
        ("", "451 later", ["away", "sent"]),
        ("", "554 spam", ["refused"]),
        ("", "hang up", ["unknown", "sent"]),
    ],
)
def test_later_never_and_perhaps(office: Office, rcpt: str, end: str, outcomes: list[str]) -> None:
    with postman() as server:
        server.rcpt += [rcpt] if rcpt else []
        server.end += [end] if end else []
        office.post(notice("a", "mail"))
        office.run(office.lane(mail(server.port)), timedelta(minutes=3))
    assert office.outcomes() == outcomes


def test_a_repeated_mail_keeps_its_id(office: Office) -> None:
    with postman() as server:
        for _ in range(2):
            office.store.outbox.post([notice("a", "mail")], office.clock.now())
            office.run(office.lane(mail(server.port, "centre@city.example")), timedelta(seconds=1))
            with office.store._database.write() as connection:
                connection.exec_driver_sql("UPDATE outbox SET state = 'waiting'")
    ids = {message_from_string(text)["Message-ID"] for text in server.mails}
    assert (len(server.mails), len(ids)) == (2, 1)


def test_a_server_that_is_down_is_away(office: Office) -> None:
    with postman() as server:
        port = server.port
    office.post(notice("a", "mail"))
    office.lane(mail(port)).step()
    assert office.outcomes() == ["away"]
