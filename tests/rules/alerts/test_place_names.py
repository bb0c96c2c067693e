"""What people call the subject of an alert: never a code, where there is a name."""

from dataclasses import replace

import pytest

from app.targets import load_targets
from domain.citytime import JINAN
from domain.device import Device
from domain.ports import IndicatorInfo
from rules.alerts.places import Places
from rules.indicators import INDICATORS
from tests.support.rules import BEGINNING, lamp, register, section

TARGETS = load_targets(None, JINAN)
CATALOGUE = [IndicatorInfo(i.name, i.title, i.title_en, i.unit, (), i.source) for i in INDICATORS.values()]
CABINET = replace(
    lamp("cab-1"), kind="lighting_cabinet", name="经十路 3 号照明配电箱", attributes={"supply_point": "sp-1"}
)


def name_of(subject: str, *devices: Device) -> str:
    return Places(register(*devices), BEGINNING, TARGETS, CATALOGUE).of(subject).name


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("city", "全市"),
        ("district:370102", "历下区"),
        ("management_area:370102", "历下区"),
        ("road_class:arterial", "主干道"),
        ("road:经十路", "经十路"),
        ("supply_point:sp-1", "经十路 3 号照明配电箱"),
        ("section:rs-1", "辛丰庄"),
        ("feed:streetlight", "路灯"),
        ("gateway:gw-1", "gw-1"),
        ("target:10-underpasses", "第10条“完成全市[缺]条路段、25个黑桥洞的路灯补建”（亮灯桥洞数）"),
        ("target:10-light-on-arterial", "第10条“快速路、主次干道亮灯率达到98以上”（主干道，亮灯率）"),
        ("target:10-light-on-night-arterial", "第10条“快速路、主次干道亮灯率达到98以上”（主干道，夜间亮灯率）"),
        ("target:22-nowhere", "22-nowhere"),
    ],
)
def test_a_subject_is_called_as_people_call_it(subject: str, name: str) -> None:
    assert name_of(subject, lamp(), CABINET, replace(section("rs-1"), name="辛丰庄")) == name


def test_a_target_of_one_section_names_the_section() -> None:
    named = replace(section("rs-xinfengzhuang"), name="辛丰庄")
    assert "（辛丰庄，断面稳定达标月份比例）" in name_of("target:22-xinfengzhuang", named)


def test_no_two_targets_of_the_plan_are_called_the_same() -> None:
    measured = [f"target:{t.id}" for t in TARGETS if t.indicator]
    assert len({name_of(subject) for subject in measured}) == len(measured)


def test_a_supply_point_with_two_cabinets_keeps_its_code() -> None:
    assert name_of("supply_point:sp-1", lamp(), CABINET, replace(CABINET, id="cab-2")) == "sp-1"
