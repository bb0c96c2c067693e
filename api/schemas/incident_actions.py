"""What can be asked to be done with a case file: one shape for each action, told apart by `action`."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.common import Body, Instant, LongText, Text
from domain import incident_actions as act
from domain.incident import Limit, LimitKind
from domain.severity import EmergencyGrade


class _OfUnit(Body):
    unit: Text


class DispatchBody(_OfUnit):
    """派单. Without `hours` or `working_days` the limit of the category counts."""

    action: Literal["dispatch"]
    note: LongText | None = None
    hours: Annotated[float, Field(gt=0, le=1000)] | None = None
    working_days: Annotated[int, Field(gt=0, le=1000)] | None = None

    def value(self) -> act.Action:
        """Return the action."""
        limit = None
        if self.hours is not None:
            limit = Limit(LimitKind.HOURS, self.hours)
        elif self.working_days is not None:
            limit = Limit(LimitKind.WORKING_DAYS, self.working_days)
        return act.Dispatch(self.unit, self.note or "", limit)


class AcceptBody(_OfUnit):
    """接单."""

    action: Literal["accept"]

    def value(self) -> act.Action:
        """Return the action."""
        return act.Accept(self.unit)


class BeginBody(_OfUnit):
    """处置."""

    action: Literal["begin"]

    def value(self) -> act.Action:
        """Return the action."""
        return act.Begin(self.unit)


class FeedbackBody(_OfUnit):
    """反馈."""

    action: Literal["feedback"]
    note: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Feedback(self.unit, self.note)


class SendBackBody(_OfUnit):
    """退回."""

    action: Literal["send_back"]
    reason: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.SendBack(self.unit, self.reason)


class ExtendBody(_OfUnit):
    """延期."""

    action: Literal["extend"]
    due: Instant
    reason: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Extend(self.unit, self.due, self.reason)


class SuspendBody(_OfUnit):
    """挂起."""

    action: Literal["suspend"]
    until: Instant
    reason: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Suspend(self.unit, self.until, self.reason)


class ResumeBody(_OfUnit):
    """Go on after 挂起."""

    action: Literal["resume"]

    def value(self) -> act.Action:
        """Return the action."""
        return act.Resume(self.unit)


class CheckBody(Body):
    """核查."""

    action: Literal["check"]

    def value(self) -> act.Action:
        """Return the action."""
        return act.Check()


class RedoBody(_OfUnit):
    """The check found it not done."""

    action: Literal["redo"]
    reason: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Redo(self.unit, self.reason)


class CloseBody(Body):
    """结案."""

    action: Literal["close"]
    note: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Close(self.note)


class MistakeBody(Body):
    """误报."""

    action: Literal["mistake"]
    reason: LongText

    def value(self) -> act.Action:
        """Return the action."""
        return act.Mistake(self.reason)


class CommentBody(Body):
    """A comment, with attachments by reference."""

    action: Literal["comment"]
    text: LongText
    attachments: Annotated[tuple[Text, ...], Field(max_length=20)] = ()

    def value(self) -> act.Action:
        """Return the action."""
        return act.Comment(self.text, self.attachments)


class UpgradeBody(Body):
    """An officer makes it an emergency (突发事件)."""

    action: Literal["upgrade"]
    grade: EmergencyGrade

    def value(self) -> act.Action:
        """Return the action."""
        return act.Upgrade(self.grade)


class ReportBody(Body):
    """An emergency was reported: its deadline is met. `to`: who has the report."""

    action: Literal["report"]
    report: Literal["phone", "writing"]
    to: Text
    note: LongText | None = None

    def value(self) -> act.Action:
        """Return the action."""
        return act.Report(self.report, self.to, self.note or "")


class AttachAlertBody(Body):
    """并案: an alert is about the same thing."""

    action: Literal["attach_alert"]
    alert: Text

    def value(self) -> act.Action:
        """Return the action."""
        return act.Attach(alert=self.alert)


class AttachTicketBody(Body):
    """并案: a ticket of the hotline is about the same thing."""

    action: Literal["attach_ticket"]
    ticket: Text

    def value(self) -> act.Action:
        """Return the action."""
        return act.Attach(ticket=self.ticket)


class RejectOfferBody(Body):
    """What was offered for a call is not what it is about, or (`rejected` false) may be after all. `offer`: its id."""

    action: Literal["reject_offer"]
    offer: Text
    rejected: bool = True

    def value(self) -> act.Action:
        """Return the action."""
        return act.Reject(self.offer, rejected=self.rejected)


class TickBody(Body):
    """A line of the checklist is done, or is not after all."""

    action: Literal["tick"]
    measure: Annotated[str, Field(min_length=1, max_length=64)]
    done: bool = True

    def value(self) -> act.Action:
        """Return the action."""
        return act.Tick(self.measure, done=self.done)


ActionBody = Annotated[
    DispatchBody
    | AcceptBody
    | BeginBody
    | FeedbackBody
    | SendBackBody
    | ExtendBody
    | SuspendBody
    | ResumeBody
    | CheckBody
    | RedoBody
    | CloseBody
    | MistakeBody
    | CommentBody
    | UpgradeBody
    | ReportBody
    | AttachAlertBody
    | AttachTicketBody
    | RejectOfferBody
    | TickBody,
    Field(discriminator="action"),
]
