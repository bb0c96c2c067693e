"""The steps of the arithmetic from the values of a section to its class."""

from domain.explanation import Input, Step
from rules.standards.gb3838 import GRADES, ITEMS, Bound
from rules.water.month import Origin, PeriodValue
from rules.water.outcome import Outcome, section_view

_CLAUSE = {
    Origin.AUTOMATIC.value: "环办监测函〔2020〕82号: automatic values take precedence",
    Origin.LABORATORY.value: "环办监测函〔2020〕82号: manual sampling",
    Origin.BOTH.value: "环办监测函〔2020〕82号",
}


def class_steps(outcome: Outcome) -> list[Step]:
    """Return the class of each item and the worst of them; none when the section has no class."""
    if outcome.found is None:
        return []
    steps = []
    for key, number in outcome.found.by_item.items():
        item = ITEMS[key]
        limits = " ".join(str(limit) for limit in item.limits(outcome.body).exact)
        side = {Bound.AT_LEAST: "at least", Bound.RANGE: "between"}.get(item.bound, "at most")
        origin = outcome.origins.get(key, "")
        text = f"{item.name}{f' ({origin})' if origin else ''}: {outcome.values[key]} {item.unit}, {side} {limits}"
        steps.append(Step(text, GRADES[number].name, "GB 3838-2002 table 1"))
    worst = outcome.found.grade
    steps.append(Step("class of the section = the worst of its items", worst.name, "GB 3838-2002 5.1"))
    steps.append(Step("condition of the water", worst.wording, "环办〔2011〕22号"))
    return steps


def origin_steps(value: PeriodValue) -> list[Step]:
    """Return where each item's mean comes from, and what was left out."""
    steps = [
        Step(f"mean of {ITEMS[key].name if key in ITEMS else key}", origin.value, _CLAUSE[origin.value])
        for key, origin in value.origins.items()
    ]
    steps += [Step(f"{ITEMS[key].name if key in ITEMS else key}: too few months", "left out") for key in value.left_out]
    steps += [Step(f"{ITEMS[key].name}: too little data", "no class") for key in value.short]
    return steps


def section_inputs(outcomes: dict[str, Outcome]) -> list[Input]:
    """Return each section as an input, with why it does not count."""
    return [
        Input(o.device.id, o.device.name, not (why := o.excluded or o.why), why, o.at, section_view(o))
        for _, o in sorted(outcomes.items())
    ]
