"""What the board remembers, and by subject whether it remembers anything."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.alert import Verdict
from domain.severity import Severity
from rules.alerts.condition import Silence
from rules.alerts.course import IDLE, NOWHERE, Course, Rung, Timing
from rules.alerts.entries import Entries, Entry
from rules.alerts.ledger import Key
from rules.alerts.rule import AlertRule

AT = datetime(2026, 11, 23, tzinfo=UTC)
RULE = AlertRule(
    "x", "x", "streetlight", Silence(timedelta(hours=1), powered=False), Timing((Rung(Severity.MINOR),)), "subject"
)
KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from(("device:l0", "device:l1", "city")))


@given(st.lists(st.tuples(st.booleans(), KEYS)))
def test_a_subject_is_known_as_long_as_some_rule_remembers_something_of_it(done: list[tuple[bool, Key]]) -> None:
    entries, model = Entries(), dict[Key, Entry]()
    for keep, key in done:
        entry = Entry(RULE, Course((IDLE,), Verdict.UNKNOWN, NOWHERE, AT))
        if keep:
            entries.keep(key, entry)
            model[key] = entry
        else:
            entries.drop(key)
            model.pop(key, None)
        assert dict(entries) == model
        assert entries.subjects.keys() == {subject for _, subject in model}
