"""The small page behind a link, in Chinese and English: one style, no script, nothing from anywhere else."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from starlette.responses import Response

from domain.ack_links import LinkView
from domain.alert import Alert
from domain.duty import Person

_STYLE: Final = (
    "body{font:18px/1.5 system-ui,sans-serif;margin:0 auto;max-width:32rem;padding:1rem;color:#111;background:#fff}"
    "h1{font-size:1.3rem}dt{color:#555;font-size:.9rem}dd{margin:0 0 .6rem}ul{padding-left:1.2rem}"
    "button{font:inherit;font-weight:600;width:100%;padding:.9rem;border:0;border-radius:.5rem;color:#fff;"
    "background:#0b57a4}.en{color:#555;font-size:.9rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}dt,.en{color:#aaa}}"
)
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_NAMED: Final = 8


class Said(Enum):
    """What the page says, in Chinese and English."""

    DONE = "已签收，请尽快处置。", "Acknowledged. Please see to it."
    USED = "此链接已使用过。", "This link was used already."
    TAKEN = "已有人签收。", "Somebody has acknowledged it already."
    CLOSED = "告警已结束，无需签收。", "The alert is over: there is nothing left to acknowledge."
    STALE = "情况有变化：请重新查看后再签收。", "It has changed meanwhile: look again, then acknowledge."
    UNKNOWN = "没有这条通知。", "There is no such notice."
    GONE = "您已不在值班名册中，请登录平台。", "You are not on the roster any more: log in instead."
    FORGED = "链接无效。", "This link is not valid."
    OVER = "链接已过期，请登录平台签收。", "This link is over: log in to acknowledge."


def page(
    said: Said | None,
    tz: ZoneInfo,
    person: Person | None = None,
    view: LinkView | None = None,
    *,
    status: int,
    again: str = "",
) -> Response:
    """Answer with the page. Without `said` it asks for the acknowledgement of what `view` shows."""
    parts = ["" if said is None else _both(*said.value)]
    if again:
        parts.append(_both(f"签收人：{again}", f"By: {again}"))
    if view is not None and view.notice is not None and view.alerts:
        parts.append(_shown(view.alerts, tz))
    if view is not None and person is not None and said in {None, Said.STALE}:
        parts.append(_form(view, person))
    style = f"<style>{_STYLE}</style>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">{style}'
    text = (
        f'<!doctype html><html lang="zh"><head>{head}<title>告警签收</title></head><body>{"".join(parts)}</body></html>'
    )
    headers = {"Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex, nofollow"}
    return Response(text, status, headers, "text/html; charset=utf-8")


def _both(zh: str, en: str) -> str:
    return f'<p>{escape(zh)}<br><span class="en" lang="en">{escape(en)}</span></p>'


def _shown(found: Sequence[Alert], tz: ZoneInfo) -> str:
    first = found[0]
    rows = [
        ("地点", "Place", first.group.name or first.name),
        ("级别", "Severity", f"{first.severity.word} {first.severity.value}"),
        ("开始", "Since", _local(min(a.since for a in found), tz)),
    ]
    listed = "".join(f"<dt>{zh} {en}</dt><dd>{escape(value)}</dd>" for zh, en, value in rows)
    names = "".join(f"<li>{escape(a.text or f'{a.title} {a.name}')}</li>" for a in found[:_NAMED])
    more = _both(f"另有 {len(found) - _NAMED} 条", f"{len(found) - _NAMED} more") if len(found) > _NAMED else ""
    return f"<h1>{escape(first.title)}</h1><dl>{listed}</dl><ul>{names}</ul>{more}"


def _form(view: LinkView, person: Person) -> str:
    label = f"签收（{escape(person.name)}）<br>Acknowledge"
    seen = f'<input type="hidden" name="seen" value="{escape(view.seen)}">'
    return f'<form method="post">{seen}<button type="submit">{label}</button></form>'


def _local(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M:%S}"
