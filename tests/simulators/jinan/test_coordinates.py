import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.jinan.coordinates import along, distance, gcj02_to_wgs84, wgs84_to_gcj02

IN_JINAN = st.tuples(st.floats(116.0, 118.0), st.floats(36.0, 37.6))


@given(IN_JINAN)
def test_the_way_back_from_gcj02_ends_where_it_began(position: tuple[float, float]) -> None:
    back = gcj02_to_wgs84(*wgs84_to_gcj02(*position))

    assert distance(position, back) < 0.001


@given(st.tuples(st.floats(116.7, 117.3), st.floats(36.5, 36.8)))
def test_in_the_city_gcj02_lies_half_a_kilometre_east(position: tuple[float, float]) -> None:
    lon, lat = wgs84_to_gcj02(*position)

    assert 480 < distance(position, (lon, position[1])) < 580
    assert lon > position[0]
    assert -0.0002 < lat - position[1] < 0.0012


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ],
    ids=["Shanghai", "Shenzhen", "Beijing", "Tiananmen"],
)
def test_published_points_are_met_to_a_few_centimetres(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    """From the tests of eviltransform and the README of wandergis/coordtransform."""
    assert distance(wgs84_to_gcj02(*wgs84), gcj02) < 0.1


def test_one_degree_of_longitude_is_shorter_than_one_of_latitude() -> None:
    assert 88_000 < distance((117.0, 36.65), (118.0, 36.65)) < 90_000
    assert 111_000 < distance((117.0, 36.0), (117.0, 37.0)) < 111_500


@given(IN_JINAN, IN_JINAN, st.floats(0, 1), st.floats(-30, 30))
def test_a_lamp_aside_of_the_road_stays_as_far_from_it_as_asked(
    start: tuple[float, float], end: tuple[float, float], share: float, aside: float
) -> None:
    if distance(start, end) < 10:
        return
    on_road, beside = along(start, end, share, 0), along(start, end, share, aside)

    assert abs(distance(on_road, beside) - abs(aside)) < 0.5


def test_to_the_right_of_a_road_to_the_east_is_south() -> None:
    assert along((117.0, 36.6), (117.1, 36.6), 0.5, 20)[1] < 36.6


def test_a_road_without_length_has_one_place() -> None:
    assert along((117.0, 36.6), (117.0, 36.6), 0.5, 20) == (117.0, 36.6)
