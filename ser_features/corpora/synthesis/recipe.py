"""The recipe: how each emotion sounds, and how differently voices and takes express it.

clip, seed → strength and deviations drawn from the clip's own generators → `Expression`

Directions follow Murray & Arnott (1993), "Toward the simulation of emotion in synthetic speech", JASA 93(2),
whose wording table 1 of the fusion CNN-BiLSTM paper repeats in part, and Juslin & Laukka (2003),
"Communication of emotions in vocal expression and music performance", Psychological Bulletin 129(5). The
numbers are ours, chosen so that emotions overlap: six classes should be far above chance for a voice that
was never heard, and far from certain.

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
    """Deviation from the voice's flat reading; all zeros is the flat reading itself.

    Attributes:
        pitch: level of the F0 contour, in semitones.
        range: relative change of the contour's excursions: 0.5 is half as wide again, −0.3 is flatter.
        slope: F0 gained from the beginning of the sentence to its end, in semitones.
        inflection: F0 gained within the last quarter of the sentence, in semitones.
        level: RMS level, in dB.
        rate: relative change of the speed of speaking: 0.1 is faster by a tenth.
        pause: mean pause between words, in s; negative counts as none.
        tilt: change of the spectral slope, in dB per octave; positive is bright and pressed.
        breath: level of the aspiration noise relative to a clear voice, in dB.
        jitter: standard deviation of the periods, in percent: irregular voicing; negative counts as none.
        tremor: depth of a 6 Hz wavering of F0, in semitones; negative counts as none.
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

HABIT = Expression(
    pitch=0.7, range=0.15, slope=0.6, inflection=0.6, level=1.2, rate=0.04, pause=0.01,
    tilt=0.5, breath=1.5, jitter=0.3, tremor=0.1, formants=0.008,
)
"""Standard deviations of a voice's own way to express one emotion, the same in all its clips."""

MOOD = Expression(
    pitch=0.6, range=0.12, slope=0.6, inflection=0.6, level=1.0, rate=0.04, pause=0.01,
    tilt=0.4, breath=1.5, jitter=0.3, tremor=0.1, formants=0.006,
)
"""Standard deviations from one clip to the next."""
# fmt: on

STRENGTH_OF_VOICE = (0.75, 1.25)
"""A voice expresses an emotion at a strength between these (uniform); 1 is the recipe."""

STRENGTH_OF_CLIP = (0.8, 1.2)
"""A clip multiplies its voice's strength by a factor between these (uniform)."""


def generator(seed: int, *words: str) -> np.random.Generator:
    """A random generator that depends on `seed` and `words` only, whatever else is drawn."""
    return np.random.default_rng(list("/".join((str(seed), *words)).encode()))


def express(clip: Clip, *, seed: int) -> Expression:
    """Draw how a clip is expressed.

    Args:
        clip: the clip; its voice and emotion choose the habit, its stem the rest.
        seed: of the corpus; any integer.
    """
    habit = generator(seed, "habit", clip.voice.name, clip.emotion)
    mood = generator(seed, "mood", clip.stem)
    strength = habit.uniform(*STRENGTH_OF_VOICE) * mood.uniform(*STRENGTH_OF_CLIP)
    values = strength * np.array(astuple(RECIPES[clip.emotion]))
    values += habit.normal(0, astuple(HABIT)) + mood.normal(0, astuple(MOOD))
    return Expression(*values.tolist())
