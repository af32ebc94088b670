"""What the corpus says of itself: README.txt, and the tags inside every file.

>>> readme(seed=7).splitlines()[0]
'Synthetic emotional speech: no person speaks in these recordings.'
>>> seed_of(readme(seed=7))
'7'
"""

from dataclasses import asdict, fields
from textwrap import fill

from ser_features.corpora.synthesis.recipe import CLIP_DEVIATION, RECIPES, VOICE_DEVIATION, Expression
from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Clip, clips

SEED_LINE = "Seed: "
"""Begins the line of README.txt that says which corpus this is."""


def tags(clip: Clip, seed: int) -> dict[str, str]:
    """Text fields of the WAV file of `clip`, by libsndfile's names."""
    return {
        "title": f"Synthetic speech: {clip.sentence.text}",
        "comment": f"Synthetic, no person speaks: voice {clip.voice.name}, {clip.emotion}, seed {seed}",
        "software": "ser demo corpus (eSpeak NG and Praat)",
    }


def readme(seed: int) -> str:
    """Text of README.txt: that this is synthetic, how it was made, and the recipe in numbers."""
    parts = (
        "Synthetic emotional speech: no person speaks in these recordings.",
        fill(
            f"{len(clips())} clips, 16 kHz, mono, 16 bits: {len(VOICES)} voices, {len(RECIPES)} emotions, "
            f"{len(SENTENCES)} sentences, named speaker_emotion_sentence_take. eSpeak NG, as built into "
            "Praat, read the sentences; Praat's overlap-add and filters gave them pauses, vocal tract, "
            "contour, speed, tilt, breath and level after the recipe below, each voice and each clip "
            "deviating at random. They serve to try the tools, and support no statement about people.",
            width=100,
            break_on_hyphens=False,
        ),
        f"{SEED_LINE}{seed}",
        "Voices (Hz, factors, dBFS)\n" + "\n".join(map(str, VOICES.values())),
        "Sentences\n" + "\n".join(f"{each.code}  {each.text}" for each in SENTENCES.values()),
        "Recipe (semitones, dB, s, percent or relative change), and its standard deviations\n" + _table(),
    )
    return "\n\n".join(parts) + "\n"


def seed_of(text: str) -> str | None:
    """The seed that a README.txt names, or None."""
    lines = [line for line in text.splitlines() if line.startswith(SEED_LINE)]
    return lines[0].removeprefix(SEED_LINE) if lines else None


def _table() -> str:
    columns = {**RECIPES, "sd voice": VOICE_DEVIATION, "sd clip": CLIP_DEVIATION}
    rows = [["", *columns]]
    for each in fields(Expression):
        rows.append([each.name, *(f"{asdict(column)[each.name]:g}" for column in columns.values())])
    return "\n".join(f"{first:10}" + "".join(f"{cell:>10}" for cell in rest) for first, *rest in rows)
