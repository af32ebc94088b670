"""Timelines as files of Praat and ELAN, read by other programs."""

from xml.etree import ElementTree

import parselmouth
import pytest

from ser_models.inference.annotations import elan, spans_of, textgrid
from ser_models.inference.prediction import Prediction
from ser_models.inference.timeline import TimelineSpan

LONG = Prediction(
    "a.wav",
    seconds=5.0,
    verdict="mixed",
    timeline=[
        TimelineSpan(0.0, 2.5, 'said "no"', 0.8),
        TimelineSpan(2.5, 3.0, None, None),
        TimelineSpan(3.0, 5.0, "sad", 0.6),
    ],
)
SHORT = Prediction("b.wav", "sad", 0.9, seconds=2.0, verdict="emotion")


def intervals(text: str, tmp_path) -> list[tuple[float, float, str]]:
    """The intervals as Praat reads them."""
    (tmp_path / "a.TextGrid").write_text(text, encoding="utf-8")
    grid = parselmouth.read(str(tmp_path / "a.TextGrid"))
    count = parselmouth.praat.call(grid, "Get number of intervals", 1)
    return [
        tuple(
            parselmouth.praat.call(grid, query, 1, number)
            for query in ("Get start time of interval", "Get end time of interval", "Get label of interval")
        )
        for number in range(1, count + 1)
    ]


def test_praat_reads_the_timeline(tmp_path):
    assert intervals(textgrid(LONG), tmp_path) == [(0, 2.5, 'said "no"'), (2.5, 3, ""), (3, 5, "sad")]


def test_a_part_of_a_file_has_its_times_in_the_file(tmp_path):
    assert intervals(textgrid(SHORT.of_part(1.5, 3.5)), tmp_path) == [(0, 1.5, ""), (1.5, 3.5, "sad")]


def test_elan_has_an_annotation_per_emotion():
    root = ElementTree.fromstring(elan(LONG))
    slots = {one.get("TIME_SLOT_ID"): int(one.get("TIME_VALUE")) for one in root.iter("TIME_SLOT")}
    annotations = [
        (*(slots[one.get(f"TIME_SLOT_REF{end}")] for end in (1, 2)), one.find("ANNOTATION_VALUE").text)
        for one in root.iter("ALIGNABLE_ANNOTATION")
    ]
    assert annotations == [(0, 2500, 'said "no"'), (3000, 5000, "sad")]


@pytest.mark.parametrize("prediction", [SHORT, Prediction("n.wav", seconds=1.0, verdict="no speech")])
def test_a_short_recording_is_one_span(prediction):
    [span] = spans_of(prediction)
    assert (span.start, span.end, span.emotion) == (0.0, prediction.seconds, prediction.emotion)
