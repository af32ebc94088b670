"""One recording per channel."""

from dataclasses import replace

import numpy as np
import soundfile

from ser_features.corpora.channels import by_channel
from ser_features.manifest import Recording, Scan


def test_recordings_by_channel(tmp_path):
    recordings = []
    for name, channels in (("a", 2), ("b", 1), ("c", 0)):
        recordings.append(Recording("own", name, f"{name}.wav", "ada", "sad", "sad"))
        if channels:
            soundfile.write(tmp_path / f"{name}.wav", np.zeros((99, channels)), 16_000)
        else:
            (tmp_path / "c.wav").write_text("no audio")
    scan = by_channel(Scan("own", tmp_path, tuple(recordings)))
    assert [(one.file_id, one.audio_channel) for one in scan.recordings] == [
        ("own/a@1", 1),
        ("own/a@2", 2),
        ("own/b@1", 1),
        ("own/c", None),
    ]
    assert replace(scan.recordings[1], stem="a", audio_channel=None) == recordings[0]
