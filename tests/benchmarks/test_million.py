"""The benchmark of a million rows generates a store that an interrupted extraction could have left."""

from benchmarks.scale import million


def test_the_generated_store_lacks_the_last_recordings_only(tmp_path):
    million.make(tmp_path, million.MISSING + 40)
    assert next(million._plan(tmp_path)) > 0  # ends with an error if another number is missing
    assert next(million._column(tmp_path)) > 0
    assert next(million._floor(tmp_path)) > 0


def test_limits_hold_for_a_million_rows():
    step = {"seconds": 6.0, "cpu_seconds": 7.0, "peak_mb": 400.0}
    steps = dict.fromkeys(million.STEPS, step)
    measured = [
        {"rows": 10, "state": "as extracted", **steps},
        {"rows": million.MILLION, "state": "as extracted", **steps},
        {"rows": million.MILLION, "state": "compact", "compact": step},
    ]
    figures = million.report(measured).figures
    assert [(one.name, one.unit, one.reached) for one in figures if one.limit or one.name == "compact"] == [
        ("column, as extracted", "s", False),
        ("info, as extracted", "s", False),
        ("plan, as extracted", "s", False),
        ("plan, as extracted", "MB", True),
        ("compact", "s", None),
        ("compact", "CPU s", None),
        ("compact", "MB", None),
    ]
    assert not any(one.limit for one in million.report(measured[:1]).figures)
