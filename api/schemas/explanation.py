"""Why a measure is what it is, as an answer."""

from typing import Any, Self

from api.schemas.common import Answer, Instant
from api.schemas.measures import MeasureOut
from domain.explanation import Explanation, Input, Step


class InputOut(Answer):
    """The part of one device: what it said at `at`, whether it counted, and if not, why."""

    device: str
    name: str
    used: bool
    why: str
    at: Instant | None
    says: dict[str, Any]

    @classmethod
    def of(cls, found: Input) -> Self:
        """Make it from the domain's input."""
        plain = {n: getattr(found, n) for n in cls.model_fields if n != "says"}
        return cls(**plain, says=dict(found.says))


class StepOut(Answer):
    """One step of the arithmetic, its result, and the clause that asks for it."""

    text: str
    result: str
    clause: str

    @classmethod
    def of(cls, step: Step) -> Self:
        """Make it from the domain's step."""
        return cls(text=step.text, result=step.result, clause=step.clause)


class ExplanationOut(Answer):
    """A measure, the standard it follows, its inputs (those left out first) and the steps that lead to the value.

    `inputs_total` and `inputs_used` count all of them, however many `inputs` shows.
    """

    measure: MeasureOut
    source: str
    inputs_total: int
    inputs_used: int
    inputs: list[InputOut]
    steps: list[StepOut]

    @classmethod
    def of(cls, found: Explanation, limit: int) -> Self:
        """Make it from the domain's explanation with at most `limit` inputs."""
        shown = sorted(found.inputs, key=lambda each: each.used)[:limit]
        return cls(
            measure=MeasureOut.of(found.measure),
            source=found.source,
            inputs_total=len(found.inputs),
            inputs_used=sum(each.used for each in found.inputs),
            inputs=[InputOut.of(each) for each in shown],
            steps=[StepOut.of(step) for step in found.steps],
        )
