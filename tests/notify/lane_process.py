"""A lane as a process of its own, to be killed: `python -m tests.notify.lane_process DATABASE URL`."""

import sys
from threading import Event

from app.clock import wall_now
from domain.citytime import JINAN
from notify.channels.webhook import WebhookChannel
from notify.lane import Desk, Lane
from notify.texts import Texts
from notify.undelivered import Undelivered
from store.operational import OperationalStore
from tests.notify.support import PEOPLE, poster

if __name__ == "__main__":
    database, url = sys.argv[1:]
    store = OperationalStore(database)
    desk = Desk(store.outbox, Texts(JINAN), PEOPLE.get, wall_now, Undelivered(lambda: ()), draw=lambda low, _: low)
    lane = Lane(WebhookChannel("hook", poster=poster(url), secret="s", wall=wall_now), desk)
    lane.start()
    Event().wait()
