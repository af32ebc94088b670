"""Workers of an extraction keep to their memory: they do not grow with the number of files."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.scale import workers

FILES, SECONDS, RATE = 800, 3, 48_000


@pytest.fixture
def recordings(tmp_path) -> Path:
    """Syllables of harmonics and noise, of four lengths."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number in range(4):
        time = np.arange(int((SECONDS + number / 4) * RATE)) / RATE
        voice = sum(np.sin(2 * np.pi * harmonic * 140 * time) / harmonic for harmonic in range(1, 9))
        signal = 0.1 * voice * (1 + np.sin(6 * np.pi * time)) + generator.normal(scale=0.01, size=time.size)
        soundfile.write(folder / f"{number}.flac", signal, RATE)
    return folder


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells the sizes")
def test_two_workers_stay_below_250_mib_and_flat(recordings, tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    # A signal of 3 s takes half a MiB: 16 MiB are 32 of the 150 that each worker decodes in between.
    command = ["-m", "benchmarks.scale.workers", "--data", recordings, "--files", FILES]
    command += ["--folder", folder, "--growth", 16, "--limit", 250]
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, title, *_, peak, grown = (" ".join(line.split()) for line in done.stdout.splitlines())
    assert first.startswith(f"{FILES} files of 4 recordings in ")
    assert title == f"scale.workers: {FILES} files of 4 recordings, 2 workers"
    assert peak.startswith("| largest RSS of a worker ")
    assert peak.endswith("| ≤ 250 MiB | yes |")
    assert grown.endswith("| ≤ 16 MiB | yes |")
    assert not list(folder.iterdir()), "the corpus is removed"


def test_growth_is_from_the_first_quarter_after_the_first_commits_to_the_last():
    sample = workers.Sample
    sizes = {50: 10, 110: 40, 190: 42, 300: 70, 410: 60, 490: 62}
    samples = [sample(finished, 0, size) for finished, size in sizes.items()]
    assert workers.growth(samples, begin=100, end=500) == 61 - 41


def test_too_few_files_to_tell_are_an_error():
    samples = [workers.Sample(300, 0, 50)]
    with pytest.raises(SystemExit, match="1 samples do not reach both ends: choose more --files"):
        workers.growth(samples, begin=100, end=500)


@pytest.mark.parametrize(("rss", "grown"), [(451, 0), (200, 9)])
def test_a_worker_over_its_limits_is_reported(rss, grown):
    monitor = workers.Monitor()
    monitor.samples[1] = [
        workers.Sample(150, rss, 100),
        workers.Sample(500, rss, 100 + grown),
    ]
    options = Namespace(files=500, workers=1, limit=450, growth=8)
    figures = workers._figures(options, 500, monitor)
    assert [one.values for one in figures] == [(rss,), (grown,)]
    assert [one.reached for one in figures] == [rss <= 450, grown <= 8]
