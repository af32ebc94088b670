"""What emotions look like: the spectrogram of a typical recording of each, of one speaker or several.

`Store` → `Recordings` → per speaker and emotion: the recording nearest to their median → mel frames, F0 →
`Shot`s → `Drawing`
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
from ser_features.store import Store
from ser_models.reporting.figures.picture import (
    EMOTION_COLOURS,
    GRID,
    MUTED,
    Drawing,
    Panel,
    Picture,
    literal,
)
from ser_models.reporting.figures.recordings import FRAMES, Recordings, features, sample
from ser_models.reporting.figures.spectrogram import FLOOR_DB, band_of, draw_spectrogram

FAMILY, PITCH = "mel", "pitch"
ACROSS = 4
"""Panels beside each other, of one speaker; of several, each has a row."""
KILOHERTZ = (0.25, 0.5, 1, 2, 4, 8, 16)
"""Where the frequency is written."""
LINE = "#6aaee6"
"""Of F0: light, as spectrograms are dark."""


@dataclass(frozen=True)
class Shot:
    """One recording of the gallery.

    Attributes:
        file_id: which.
        speaker: its speaker, as "dataset/speaker".
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
    """Draw the spectrogram of a typical recording of each emotion that all of the speakers act.

    Args:
        store: an open store, with frames of mel.
        speakers: as "dataset/speaker", or without the corpus where that is enough; by default the one with
            most emotions, then with most recordings.
        datasets: corpora to choose from; all by default.

    Raises:
        InputError: if there is no such corpus or speaker, or the store holds no frames of mel.
    """
    columns = features(store)
    recordings = sample(store, [*columns, *FRAMES], datasets)
    who = _choose(recordings, speakers)
    own = recordings.rows[np.isin(recordings.speakers, who)].reset_index(drop=True)
    chosen = Recordings(own, len(own))
    shots = _read(store, _typical(chosen, columns, who))
    panels = _panels(shots, store.profile, several=len(who) > 1)
    across = len(panels) // len(who) if len(who) > 1 else min(ACROSS, len(panels))
    pitch = " Blue line: F0." if shots[0].pitch is not None else ""
    said = [
        f"{chosen.said()} ({', '.join(who)}). Shown is, of each speaker and emotion, the recording that is "
        f"nearest to their median in {len(columns)} standardised features.",
        f"Mel spectrograms; black: {FLOOR_DB:.0f} dB below the loudest cell.{pitch}",
    ]
    return Drawing(Picture("gallery", "What emotions look like", tuple(panels), across), said)


def _choose(recordings: Recordings, speakers: Sequence[str]) -> list[str]:
    """The speakers to show, with their corpus."""
    rows = recordings.rows.assign(who=recordings.speakers)
    counts = rows.groupby("who")["emotion"].agg(["nunique", "size"]).reset_index()
    if not speakers:
        best = counts.sort_values(["nunique", "size", "who"], ascending=[False, False, True])
        return [str(best["who"].iloc[0])]
    known = counts["who"].tolist()
    return list(dict.fromkeys(_find(name, known) for name in speakers))


def _find(name: str, known: Sequence[str]) -> str:
    matches = [who for who in known if name in (who, who.partition("/")[2])]
    if len(matches) > 1:
        raise InputError(
            f"{name!r} is {len(matches)} speakers, {', '.join(matches)}: name one with its corpus"
        )
    if not matches:
        raise InputError(f"no speaker {name!r}: expected one such as {', '.join(known[:5])}")
    return matches[0]


def _typical(recordings: Recordings, columns: Sequence[str], speakers: Sequence[str]) -> pd.DataFrame:
    """Rows to show, by speaker and emotion; `who` says the speaker."""
    rows = recordings.rows.assign(who=recordings.speakers)
    acted = rows.groupby("emotion")["who"].nunique()
    shared = [emotion for emotion in recordings.emotions if acted[emotion] == len(speakers)]
    if not shared:
        raise InputError(f"no emotion is acted by all of {', '.join(speakers)}: name other speakers")
    values = rows[list(columns)].astype(float)
    values = ((values - values.mean()) / values.std(ddof=0).replace(0, 1)).fillna(0)
    places = []
    for speaker in speakers:
        for emotion in shared:
            own = values[(rows["who"] == speaker) & (rows["emotion"] == emotion)]
            places.append(((own - own.median()) ** 2).sum(axis=1).idxmin())
    return rows.loc[places]


def _read(store: Store, chosen: pd.DataFrame) -> list[Shot]:
    mels = store.frames(chosen, FAMILY)
    pitches: list[np.ndarray | None] = [None] * len(chosen)
    if PITCH in store.description.frame_families:
        pitches = [f0[:, 0] for f0 in store.frames(chosen, PITCH)]
    keys = zip(chosen["file_id"], chosen["who"], chosen["emotion"], mels, pitches, strict=True)
    return [Shot(*each) for each in keys]


def _panels(shots: Sequence[Shot], profile: Profile, *, several: bool) -> list[Panel]:
    """A panel per recording, all with the same scales; only those at the left name the frequency."""
    across = sum(shot.speaker == shots[0].speaker for shot in shots) if several else ACROSS
    width, height = (2.2, 1.9) if several else (2.6, 2.1)
    hop = profile.frames.hop_length / profile.audio.sample_rate
    seconds = max(len(shot.mel) for shot in shots) * hop
    panels = []
    for place, shot in enumerate(shots):
        draw = partial(
            _draw,
            shot=shot,
            name=shot.speaker if several else shot.file_id.partition("/")[2],
            sample_rate=profile.audio.sample_rate,
            hop=hop,
            seconds=seconds,
            left=place % across == 0,
        )
        text = f"Mel spectrogram of {shot.file_id}, {shot.emotion}, {len(shot.mel) * hop:.1f} s"
        panels.append(Panel(draw, width, height, text))
    return panels


def _draw(
    axes: Axes, shot: Shot, name: str, sample_rate: int, hop: float, seconds: float, *, left: bool
) -> None:
    frames, bands = shot.mel.shape
    axes.set_facecolor(GRID)
    draw_spectrogram(axes, shot.mel, (0, frames * hop))
    if shot.pitch is not None:
        height = band_of(shot.pitch, sample_rate, bands)
        axes.plot((np.arange(frames) + 0.5) * hop, height, color=LINE, linewidth=1.3)
    ticks = [kilo for kilo in KILOHERTZ if 2000 * kilo <= sample_rate]
    places = np.minimum(band_of(1000 * np.array(ticks), sample_rate, bands), bands)
    axes.set_yticks(places, [f"{kilo:g}" for kilo in ticks])
    axes.set(xlim=(0, seconds), ylim=(0, bands), xlabel="time (s)", ylabel="kHz" if left else None)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MultipleLocator(1 if seconds > 1.5 else 0.5))
    axes.grid(False)
    colour = EMOTION_COLOURS[shot.emotion]
    axes.set_title(shot.emotion, loc="left", fontsize=10, fontweight="bold", color=colour)
    axes.set_title(literal(name), loc="right", fontsize=6.5, color=MUTED)
