"""SMS and voice gateways: fixed variables, success by the body, redialling, the next person."""

from datetime import timedelta
from itertools import pairwise

import pytest

from domain.duty import ContactKind
from domain.notice import NoticeState
from notify.channels.gateway import SMS_LIMITS, VOICE_LIMITS, Dialect, GatewayChannel
from tests.notify.support import Office, notice, poster
from tests.support.vendors import Asked, Said, served

MINUTE = timedelta(minutes=1)
SMS = Dialect(
    body={
        "to": "{address}",
        "template": "SMS_1",
        "sign": "泉眼",
        "vars": {"what": "{title}", "level": "{severity}"},
        "n": [1],
    },
    variables={"title": 12, "severity": 4},
    result="Result.Code",
    good=frozenset({"OK"}),
    limited=frozenset({"BUSINESS_LIMIT_CONTROL"}),
    again=frozenset({"SYSTEM_ERROR"}),
)
VOICE = Dialect(
    {"callee": "{address}", "tts": "{title}"},
    {"title": 20},
    "status",
    frozenset({"answered"}),
    again=frozenset({"no_answer", "busy"}),
)


def sms(url: str) -> GatewayChannel:
    return GatewayChannel("sms", ContactKind.PHONE, limits=SMS_LIMITS, poster=poster(url), token="T0KEN", dialect=SMS)


def voice(url: str) -> GatewayChannel:
    return GatewayChannel("voice", ContactKind.PHONE, limits=VOICE_LIMITS, poster=poster(url), token="T", dialect=VOICE)


def ok(_: Asked) -> Said:
    return Said(body={"Result": {"Code": "OK"}})


def test_the_template_gets_its_variables_each_of_its_length(office: Office) -> None:
    with served(ok) as server:
        lane = office.lane(sms(server.url))
        office.post(notice("a", "sms", facts={"title": "回路失电" * 10}))
        office.run(lane, timedelta(seconds=1))
        lane.stop(1)
    (asked,) = server.asked
    assert asked.headers["authorization"] == "Bearer T0KEN"
    document = asked.json
    assert (document["to"], document["template"], document["n"]) == ("13800000000", "SMS_1", [1])
    assert document["vars"]["level"] == "重要"
    assert len(document["vars"]["what"]) == 12
    assert office.states() == {"a": NoticeState.SENT}


@pytest.mark.parametrize(
    ("said", "outcomes"),
    [
        (Said(body={"Result": {"Code": "isv.TEMPLATE_MISSING"}}), ["refused"]),
        (Said(body={"Result": {"Code": "BUSINESS_LIMIT_CONTROL"}}), ["limited", "sent"]),
        (Said(body={"Result": {"Code": "SYSTEM_ERROR"}}), ["limited", "sent"]),
        (Said(500, {"Result": {"Code": "SYSTEM_ERROR"}}), ["limited", "sent"]),
        (Said(body={"other": 1}), ["unknown", "sent"]),
        (Said(401, {}), ["refused"]),
    ],
)
def test_success_is_what_the_body_says(office: Office, said: Said, outcomes: list[str]) -> None:
    with served(ok) as server:
        server.script.append(said)
        lane = office.lane(sms(server.url))
        office.post(notice("a", "sms"))
        office.run(lane, 3 * MINUTE)
        lane.stop(1)
    assert office.outcomes() == outcomes


def test_nobody_answers_five_calls_a_minute_apart_then_the_next_person_is_called(office: Office) -> None:
    calls: list[tuple[float, str]] = []
    start = office.clock.now()

    def exchange(asked: Asked) -> Said:
        callee = asked.json["callee"]
        calls.append(((office.clock.now() - start).total_seconds(), callee))
        return Said(body={"status": "answered" if callee.endswith("1") else "no_answer"})

    with served(exchange) as server:
        lane = office.lane(voice(server.url))
        office.post(notice("a", "voice", then=("ben", "cao")))
        office.run(lane, 15 * MINUTE)
        lane.stop(1)
    assert [callee for _, callee in calls] == ["13800000000"] * 5 + ["13800000001"]
    assert all(later - earlier >= 60 for (earlier, _), (later, _) in pairwise(calls[:5]))
    assert office.states() == {"a": NoticeState.DEAD, "a>ben": NoticeState.SENT}


def test_fifty_messages_a_day_to_one_number_and_the_rest_goes_to_the_fallback(office: Office) -> None:
    with served(ok) as server:
        lane = office.lane(sms(server.url))
        for n in range(52):
            office.post(notice(f"k{n}", "sms"))
            office.run(lane, timedelta(0))
        lane.stop(1)
    assert len(server.asked) == 50
    states = office.states()
    assert [k for k, s in states.items() if s is NoticeState.DEAD] == ["k50", "k51"]
    assert {"k50>log", "k51>log"} <= states.keys()
