"""The webhook: signed, never redirected, and only to hosts that were named."""

import hashlib
import hmac
import socket
import subprocess
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.errors import ConfigError
from domain.notice import NoticeState, Outcome
from notify.channels.webhook import WebhookChannel
from notify.egress import Egress, Forbidden, checked_url
from notify.http import Poster
from notify.texts import Texts
from tests.notify.support import HERE, NOON, Office, notice, poster
from tests.support.vendors import Said, served

SECRET = "not for anybody"


def channel(url: str, office: Office) -> WebhookChannel:
    return WebhookChannel("hook", poster=poster(f"{url}/alerts?tenant=7"), secret=SECRET, wall=office.clock.now)


def test_the_other_side_can_check_time_and_body(office: Office) -> None:
    with served(lambda _: Said(204, b"")) as server:
        lane = office.lane(channel(server.url, office))
        office.post(notice("a", "hook"))
        office.run(lane, timedelta(seconds=1))
        lane.stop(1)
    (asked,) = server.asked
    assert (asked.path, asked.query) == ("/alerts", {"tenant": "7"})
    fields = dict(part.split("=") for part in asked.headers["quanyan-signature"].split(","))
    text = f"{fields['t']}.".encode() + asked.body
    assert fields["v1"] == hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    assert int(fields["t"]) == int(NOON.timestamp())
    assert asked.json["notices"][0]["key"] == "a"
    assert office.states() == {"a": NoticeState.SENT}


def test_a_repeated_message_carries_the_same_key(office: Office) -> None:
    with served(lambda _: Said()) as server:
        server.script.append(Said(drop=True))
        lane = office.lane(channel(server.url, office))
        office.post(notice("a", "hook"))
        office.run(lane, timedelta(minutes=2))
        lane.stop(1)
    keys = {asked.headers["idempotency-key"] for asked in server.asked}
    assert (len(server.asked), len(keys)) == (2, 1)
    assert office.outcomes() == ["unknown", "sent"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, "refused"),
        (404, "refused"),
        (302, "refused"),
        (500, "unknown"),
        (504, "unknown"),
        (503, "away"),
        (429, "limited"),
    ],
)
def test_every_status_but_success_has_failed(office: Office, status: int, outcome: str) -> None:
    with served(lambda _: Said(status)) as server:
        ours = channel(server.url, office)
        assert ours.send(Texts(JINAN).message([notice("a")], "zh", ())).outcome.value == outcome
        ours.close()


def test_a_slow_server_may_have_taken_it(office: Office) -> None:
    import threading

    import httpx

    never = threading.Event()
    with served(lambda _: Said(slow=never)) as server:
        slow = Poster(server.url, HERE, timeout=httpx.Timeout(0.2))
        ours = WebhookChannel("hook", poster=slow, secret=SECRET, wall=office.clock.now)
        assert ours.send(Texts(JINAN).message([notice("a")], "zh", ())).outcome is Outcome.UNKNOWN
        ours.close()
        never.set()


def test_a_host_that_was_not_named_is_not_connected_to(office: Office) -> None:
    with served(lambda _: Said()) as server:
        elsewhere = Poster(server.url, Egress(frozenset({"hooks.example"}), private=True))
        ours = WebhookChannel("hook", poster=elsewhere, secret=SECRET, wall=office.clock.now)
        result = ours.send(Texts(JINAN).message([notice("a")], "zh", ()))
        ours.close()
    assert (result.outcome, result.code, server.asked) == (Outcome.REFUSED, "egress", [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.8", "169.254.169.254", "[::1]", "192.168.1.1"])
def test_a_name_that_stands_for_an_inside_address_is_refused_unless_private(host: str) -> None:
    url, name = f"http://{host}:9/", host.strip("[]")
    with pytest.raises(Forbidden, match="private network"):
        Egress(frozenset({name})).resolve(url)
    assert Egress(frozenset({name}), private=True).resolve(url)


def test_a_name_that_does_not_resolve_is_away(office: Office) -> None:
    nowhere = Poster("http://nowhere.invalid/", Egress(frozenset({"nowhere.invalid"}), private=True))
    with pytest.raises(socket.gaierror):
        Egress(frozenset({"nowhere.invalid"}), private=True).resolve("http://nowhere.invalid/")
    ours = WebhookChannel("hook", poster=nowhere, secret=SECRET, wall=office.clock.now)
    assert ours.send(Texts(JINAN).message([notice("a")], "zh", ())).outcome is Outcome.AWAY
    ours.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://hooks.example/", "http or https"),
        ("hooks.example", "http or https"),
        ("http://hooks.example/", "must be https"),
        ("https://user:pw@hooks.example/", "must not carry"),
        ("https://other.example/", "not among allowed_hosts"),
        ("https://hooks.example:99999/", "no URL"),
    ],
)
def test_a_url_that_may_not_be_is_refused_when_the_configuration_is_read(url: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        checked_url(url, Egress(frozenset({"hooks.example"})), "url")
    assert "pw" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for `localhost` that stands for itself."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return cert, key


def test_over_tls_the_name_is_checked_though_the_address_is_connected_to(
    office: Office, certificate: tuple[str, str]
) -> None:
    with served(lambda _: Said(), certificate) as server:
        port = server.url.rpartition(":")[2]
        message = Texts(JINAN).message([notice("a")], "zh", ())
        for name, ca_file, outcome in (
            ("localhost", certificate[0], Outcome.SENT),
            ("127.0.0.1", certificate[0], Outcome.AWAY),  # the certificate is for another name
            ("localhost", None, Outcome.AWAY),  # nobody whom we trust stands for it
        ):
            where = Egress(frozenset({name}), private=True)
            over_tls = Poster(f"https://{name}:{port}/", where, ca_file)
            ours = WebhookChannel("hook", poster=over_tls, secret=SECRET, wall=office.clock.now)
            assert ours.send(message).outcome is outcome, (name, ca_file)
            ours.close()
    assert [asked.headers["host"] for asked in server.asked] == [f"localhost:{port}"]
