"""The recipe: prosody and timbre of each emotion, and their random variation over voices and clips.

clip, seed → strength and deviations from the clip's own random generators → `Expression`

Directions follow Murray & Arnott (1993), "Toward the simulation of emotion in synthetic speech", JASA 93(2),
whose wording table 1 of the fusion CNN-BiLSTM paper repeats in part, and Juslin & Laukka (2003),
"Communication of emotions in vocal expression and music performance", Psychological Bulletin 129(5). The
numbers are ours, chosen so that emotions overlap: for speakers outside the training set, accuracy on the six
classes should be far above chance and far below 100 %.

Our choice where the sources disagree: disgust is slow (Murray & Arnott: "very much slower"; the fusion paper
prints "very much faster"); fear is softer (the fusion paper) though higher (Murray & Arnott), and its contour
is rather flat (Juslin & Laukka; "much wider" in Murray & Arnott).

>>> from ser_features.corpora.synthesis.script import clips
>>> angry = express(clips()[0], seed=0)
>>> angry == express(clips()[0], seed=0), angry == express(clips()[0], seed=1)
(True, False)
"""

from dataclasses import astuple, dataclass

import numpy as np

from ser_features.corpora.synthesis.script import Clip


@dataclass(frozen=True, slots=True)
class Expression:
    """Deviation from neutral speech of the same voice; all zeros is neutral speech.

    Attributes:
        pitch: level of the F0 contour, in semitones.
        range: relative change of the F0 range: 0.5 is 50 % wider, −0.3 is flatter.
        slope: rise of F0 from the beginning of the sentence to its end, in semitones.
        inflection: rise of F0 within the last quarter of the sentence, in semitones.
        level: RMS level, in dB.
        rate: relative change of the speed of speaking: 0.1 is faster by a tenth.
        pause: mean pause between words, in s; negative values count as 0.
        tilt: change of the spectral slope, in dB per octave; positive is bright and pressed.
        breath: level of the aspiration noise relative to a clear voice, in dB.
        jitter: standard deviation of the periods, in percent: irregular voicing; negative values count as 0.
        tremor: depth of a 6 Hz modulation of F0, in semitones; negative values count as 0.
        formants: relative change of all formants: positive with spread lips, negative with a lowered larynx.
    """

    pitch: float = 0.0
    range: float = 0.0
    slope: float = 0.0
    inflection: float = 0.0
    level: float = 0.0
    rate: float = 0.0
    pause: float = 0.0
    tilt: float = 0.0
    breath: float = 0.0
    jitter: float = 0.0
    tremor: float = 0.0
    formants: float = 0.0


# fmt: off
RECIPES: dict[str, Expression] = {
    "angry": Expression(
        pitch=2.0, range=0.70, slope=-1.5, inflection=-2.0, level=6.0, rate=0.08, pause=0.00,
        tilt=2.2, breath=5.0, jitter=1.0, tremor=0.0, formants=0.00,
    ),
    "disgust": Expression(
        pitch=-1.5, range=0.30, slope=-1.5, inflection=-3.5, level=-1.5, rate=-0.12, pause=0.02,
        tilt=-0.3, breath=3.0, jitter=2.5, tremor=0.0, formants=-0.04,
    ),
    "fear": Expression(
        pitch=3.5, range=-0.15, slope=0.5, inflection=0.5, level=-2.0, rate=0.20, pause=0.03,
        tilt=0.5, breath=8.0, jitter=2.0, tremor=0.7, formants=0.02,
    ),
    "happy": Expression(
        pitch=3.5, range=1.10, slope=1.0, inflection=3.5, level=3.5, rate=0.04, pause=0.00,
        tilt=1.0, breath=2.0, jitter=0.0, tremor=0.0, formants=0.05,
    ),
    "neutral": Expression(),
    "sad": Expression(
        pitch=-1.2, range=-0.45, slope=-1.0, inflection=-0.5, level=-5.0, rate=-0.12, pause=0.04,
        tilt=-2.0, breath=4.0, jitter=0.5, tremor=0.1, formants=-0.01,
    ),
}
"""What each emotion changes, at full strength."""

VOICE_DEVIATION = Expression(
    pitch=0.7, range=0.15, slope=0.6, inflection=0.6, level=1.2, rate=0.04, pause=0.01,
    tilt=0.5, breath=1.5, jitter=0.3, tremor=0.1, formants=0.008,
)
"""Standard deviations over voices, per emotion; the same in all clips of a voice and emotion."""

CLIP_DEVIATION = Expression(
    pitch=0.6, range=0.12, slope=0.6, inflection=0.6, level=1.0, rate=0.04, pause=0.01,
    tilt=0.4, breath=1.5, jitter=0.3, tremor=0.1, formants=0.006,
)
"""Standard deviations over clips."""
# fmt: on

STRENGTH_OF_VOICE = (0.75, 1.25)
"""Range of the strength at which a voice expresses an emotion (uniform); 1 is the recipe."""

STRENGTH_OF_CLIP = (0.8, 1.2)
"""Range of the factor that a clip multiplies its voice's strength by (uniform)."""


def generator(seed: int, *words: str) -> np.random.Generator:
    """A random generator that depends on `seed` and `words` alone."""
    return np.random.default_rng(list("/".join((str(seed), *words)).encode()))


def express(clip: Clip, *, seed: int) -> Expression:
    """Draw the expression of a clip.

    Args:
        clip: the clip; its voice and emotion seed the voice's deviation, its stem the clip's.
        seed: of the corpus; any integer.
    """
    of_voice = generator(seed, "habit", clip.voice.name, clip.emotion)
    of_clip = generator(seed, "mood", clip.stem)
    strength = of_voice.uniform(*STRENGTH_OF_VOICE) * of_clip.uniform(*STRENGTH_OF_CLIP)
    values = strength * np.array(astuple(RECIPES[clip.emotion]))
    values += of_voice.normal(0, astuple(VOICE_DEVIATION)) + of_clip.normal(0, astuple(CLIP_DEVIATION))
    return Expression(*values.tolist())
