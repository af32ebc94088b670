"""Spectrograms of typical recordings: one per emotion, of one or several speakers.

`Store` → `Recordings` → per speaker and emotion: the recording nearest to the median → mel frames, F0 →
`Example`s → `Drawing`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from ser_features.config import Profile
from ser_features.errors import InputError
from ser_features.labels import in_order
from ser_features.store import Store
from ser_models.reporting.figures.picture import (
    GRID,
    MUTED,
    Drawing,
    Panel,
    Picture,
    label_colours,
    literal,
)
from ser_models.reporting.figures.recordings import FRAMES, Recordings, features, sample
from ser_models.reporting.figures.spectrogram import FLOOR_DB, band_of, draw_spectrogram, frequency_axis

MEL, PITCH = "mel", "pitch"
ACROSS = 4
"""Number of panels in a row for one speaker; several speakers have a row each."""
F0_COLOUR = "#6aaee6"
"""Light, in front of dark spectrograms."""


@dataclass(frozen=True)
class Example:
    """One recording of the gallery.

    Attributes:
        file_id: its name.
        speaker: as "dataset/speaker".
        emotion: its emotion.
        mel: mel bands in dB, shape (frames, bands).
        pitch: F0 in Hz, NaN where unvoiced, shape (frames,); None if the store has none.
    """

    file_id: str
    speaker: str
    emotion: str
    mel: np.ndarray
    pitch: np.ndarray | None


def drawing(store: Store, speakers: Sequence[str] = (), datasets: Sequence[str] | None = None) -> Drawing:
    """Spectrogram of a typical recording of each emotion that all of the speakers have.

    Args:
        store: an open store, with frames of mel.
        speakers: as "dataset/speaker", or without the corpus if that is unambiguous; by default the one with
            most emotions, then with most recordings.
        datasets: corpora to choose from; all by default.

    Raises:
        InputError: if there is no such corpus or speaker, or the store holds no frames of mel.
    """
    columns = features(store)
    recordings = sample(store, [*columns, *FRAMES], datasets)
    chosen = _choose(recordings, speakers)
    rows = recordings.rows[np.isin(recordings.speakers, chosen)].reset_index(drop=True)
    own = Recordings(rows, len(rows))
    examples = _read(store, _typical(own, columns, chosen))
    several = len(chosen) > 1
    panels = _panels(examples, store.profile, several=several)
    across = len(panels) // len(chosen) if several else min(ACROSS, len(panels))
    caption = [
        f"{own.summary()} ({', '.join(chosen)}). Of each speaker and emotion, the recording that is nearest "
        f"to the median of {len(columns)} standardised features.",
        f"Mel spectrograms; black: {FLOOR_DB:.0f} dB below the maximum."
        + (" Blue line: F0." if examples[0].pitch is not None else ""),
    ]
    title = "Typical recordings of each emotion"
    return Drawing(Picture("gallery", title, tuple(panels), across), caption)


def _choose(recordings: Recordings, speakers: Sequence[str]) -> list[str]:
    """The speakers to show, as "dataset/speaker"."""
    rows = recordings.rows.assign(key=recordings.speakers)
    counts = rows.groupby("key")["emotion"].agg(["nunique", "size"]).reset_index()
    if not speakers:
        best = counts.sort_values(["nunique", "size", "key"], ascending=[False, False, True])
        return [str(best["key"].iloc[0])]
    keys = counts["key"].tolist()
    return list(dict.fromkeys(_find(name, keys) for name in speakers))


def _find(name: str, keys: Sequence[str]) -> str:
    matches = [key for key in keys if name in (key, key.partition("/")[2])]
    if len(matches) > 1:
        raise InputError(
            f"{name!r} is {len(matches)} speakers, {', '.join(matches)}: name one with its corpus"
        )
    if not matches:
        raise InputError(f"no speaker {name!r}: expected one such as {', '.join(keys[:5])}")
    return matches[0]


def _typical(recordings: Recordings, columns: Sequence[str], speakers: Sequence[str]) -> pd.DataFrame:
    """The rows to show, by speaker and emotion, with the speaker as `key`."""
    rows = recordings.rows.assign(key=recordings.speakers)
    counts = rows.groupby("emotion")["key"].nunique()
    shared = [emotion for emotion in recordings.emotions if counts[emotion] == len(speakers)]
    if not shared:
        raise InputError(f"no emotion has recordings of all of {', '.join(speakers)}: name other speakers")
    values = rows[list(columns)].astype(float)
    values = ((values - values.mean()) / values.std(ddof=0).replace(0, 1)).fillna(0)
    indices = []
    for speaker in speakers:
        for emotion in shared:
            own = values[(rows["key"] == speaker) & (rows["emotion"] == emotion)]
            indices.append(((own - own.median()) ** 2).sum(axis=1).idxmin())
    return rows.loc[indices]


def _read(store: Store, rows: pd.DataFrame) -> list[Example]:
    mels = store.frames(rows, MEL)
    pitches: list[np.ndarray | None] = [None] * len(rows)
    if PITCH in store.description.frame_families:
        pitches = [f0[:, 0] for f0 in store.frames(rows, PITCH)]
    columns = zip(rows["file_id"], rows["key"], rows["emotion"], mels, pitches, strict=True)
    return [Example(*values) for values in columns]


def _panels(examples: Sequence[Example], profile: Profile, *, several: bool) -> list[Panel]:
    """A panel per recording with common scales; only the left ones have a frequency label."""
    across = sum(example.speaker == examples[0].speaker for example in examples) if several else ACROSS
    width, height = (2.2, 1.9) if several else (2.6, 2.1)
    rate = profile.audio.sample_rate
    hop = profile.frames.hop_length / rate
    seconds = max(len(example.mel) for example in examples) * hop
    colours = label_colours(in_order({example.emotion for example in examples}))
    panels = []
    for number, example in enumerate(examples):
        name = example.speaker if several else example.file_id.partition("/")[2]
        draw = partial(
            _draw,
            example,
            rate,
            hop,
            seconds,
            name=name,
            colour=colours[example.emotion],
            left=number % across == 0,
        )
        length = f"{len(example.mel) * hop:.1f} s"
        text = f"Mel spectrogram of {example.file_id}, {example.emotion}, {length}"
        panels.append(Panel(draw, width, height, text))
    return panels


def _draw(
    example: Example,
    sample_rate: int,
    hop: float,
    seconds: float,
    axes: Axes,
    *,
    name: str,
    colour: str,
    left: bool,
) -> None:
    frames, bands = example.mel.shape
    axes.set_facecolor(GRID)
    draw_spectrogram(axes, example.mel, (0, frames * hop))
    if example.pitch is not None:
        f0 = band_of(example.pitch, sample_rate, bands)
        axes.plot((np.arange(frames) + 0.5) * hop, f0, color=F0_COLOUR, linewidth=1.3)
    frequency_axis(axes, sample_rate, bands)
    axes.set(xlim=(0, seconds), xlabel="time (s)", ylabel="kHz" if left else None)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MultipleLocator(1 if seconds > 1.5 else 0.5))
    axes.set_title(literal(example.emotion), loc="left", fontsize=10, fontweight="bold", color=colour)
    axes.set_title(literal(name), loc="right", fontsize=6.5, color=MUTED)
