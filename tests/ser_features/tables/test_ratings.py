"""Columns of ratings, session and partition of a table."""

import pytest

from ser_features.corpora.folder import scan_table


@pytest.fixture
def scanned(tmp_path):
    def scan(header, *rows):
        for number in range(len(rows)):
            (tmp_path / f"u{number}.wav").touch()
        lines = [f"u{number}.wav,sad,ada,{row}" for number, row in enumerate(rows)]
        (tmp_path / "mine.csv").write_text("\n".join([f"path,emotion,speaker,{header}", *lines]))
        return scan_table(tmp_path / "mine.csv")

    return scan


def test_dimensions_on_a_stated_scale(scanned):
    scan = scanned("EmoAct,EmoVal,dom,scale", "4,1,x,1-5", "6,,,1 to 5", "2,3,1,many")
    assert [(one.arousal, one.arousal_published, one.valence, one.scale) for one in scan.recordings] == [
        (0.75, 4.0, 0.0, "1-5"),
        (None, 6.0, None, "1-5"),
        (None, 2.0, None, None),
    ]
    assert scan.recordings[0].extra == {"dom": "x"}
    assert scan.notes == (
        "mine.csv: columns: EmoAct → arousal, EmoVal → valence",
        "mine.csv: scale: 1 cell not understood, such as 'many': stored as null",
        "mine.csv: arousal: 1 cell outside the scale 1-5: stored as published only",
    )


def test_dimensions_without_a_scale(scanned):
    shares = scanned("arousal,valence", "0.25,1", "nan,0")
    assert [(one.arousal, one.scale) for one in shares.recordings] == [(0.25, "0-1"), (None, "0-1")]
    unknown = scanned("arousal,valence", "0.25,-1", ",")
    assert [(one.valence, one.valence_published) for one in unknown.recordings] == [
        (None, -1.0),
        (None, None),
    ]
    assert unknown.notes == (
        "mine.csv: arousal, valence: scale unknown, stored as published only; "
        "a column scale states it, such as 1-5",
    )


def test_session_partition_agreement_and_raters(scanned):
    scan = scanned(
        "session_id,Split_Set,agreement,n_raters,text_id", "1,Development,0.6,5.0,b01", ",Test2,2,-1,"
    )
    assert [
        (one.session, one.partition, one.agreement, one.raters, one.statement) for one in scan.recordings
    ] == [("1", "dev", 0.6, 5, "b01"), (None, "test2", None, None, None)]
    assert {one.scale for one in scan.recordings} == {None}  # without a dimension there is none
    assert scan.notes[1:] == (
        "mine.csv: agreement: 1 cell not understood, such as '2': stored as null",
        "mine.csv: raters: 1 cell not understood, such as '-1': stored as null",
    )
