"""Script, recipe and seed → the corpus folder with README.txt, complete or not at all.

clips → `speech.utterances` → per clip: `render.render` → tagged WAV → README.txt → one rename

>>> seed_of(readme(seed=7))
'7'
"""

from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

import soundfile
from loky import ProcessPoolExecutor

from ser_features.corpora.synthesis.recipe import CLIP_DEVIATION, RECIPES, VOICE_DEVIATION, Expression
from ser_features.corpora.synthesis.render import render
from ser_features.corpora.synthesis.script import SENTENCES, VOICES, Clip, clips
from ser_features.corpora.synthesis.speech import Utterance, utterances
from ser_features.errors import InputError

README = "README.txt"
SEED_LINE = "Seed: "
"""Begins the line of README.txt that says which corpus this is."""


def generate(folder: Path, *, seed: int = 0, workers: int = 1) -> int:
    """Generate the corpus; a seed gives the same bytes on one machine, whatever the number of workers.

    A folder that already holds the corpus of this seed is not changed.

    Args:
        folder: of the corpus; created together with its parents.
        seed: of all random numbers; any integer.
        workers: processes, at least 1; one takes 15 to 20 s.

    Returns:
        Number of clips written: 360, or 0 if they existed.

    Raises:
        InputError: if the folder holds anything else, or cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            _check_whole(folder, seed)
            return 0
        return _generate(folder, seed, workers)
    except OSError as error:
        raise InputError(
            f"cannot write the demo corpus to {folder}: {error.strerror or error}: choose a writable folder"
        ) from error


def _check_whole(folder: Path, seed: int) -> None:
    script = clips()
    present = sum((folder / clip.path).is_file() for clip in script)
    text = (folder / README).read_text(encoding="utf-8") if (folder / README).is_file() else ""
    if present == len(script) and seed_of(text) == str(seed):
        return
    raise InputError(
        f"{folder} holds {present} of {len(script)} clips, of seed {seed_of(text) or 'unknown'}: "
        f"expected all, of seed {seed}, or an empty folder: delete it or choose another"
    )


def _generate(folder: Path, seed: int, workers: int) -> int:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-unfinished-", dir=folder.parent) as unfinished:
        corpus = Path(unfinished, folder.name)
        for voice in VOICES:
            (corpus / voice).mkdir(parents=True)
        _write_all(corpus, seed, workers)
        (corpus / README).write_text(readme(seed), encoding="utf-8")
        corpus.rename(folder)
    return len(clips())


def _write_all(folder: Path, seed: int, workers: int) -> None:
    script, by_sentence = clips(), utterances()
    spoken = [by_sentence[clip.voice.name, clip.sentence.code] for clip in script]
    write = partial(_write, folder, seed)
    if workers == 1:
        for clip, utterance in zip(script, spoken, strict=True):
            write(clip, utterance)
        return
    with ProcessPoolExecutor(workers) as pool:
        # `list` waits for every clip and raises the first error.
        list(pool.map(write, script, spoken, chunksize=10))


def _write(folder: Path, seed: int, clip: Clip, utterance: Utterance) -> None:
    signal, sample_rate = render(clip, utterance, seed=seed)
    with soundfile.SoundFile(folder / clip.path, "w", sample_rate, 1, "PCM_16") as file:
        for name, text in tags(clip, seed).items():
            setattr(file, name, text)
        file.write(signal)


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
        "Sentences\n" + "\n".join(f"{item.code}  {item.text}" for item in SENTENCES.values()),
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
    for item in fields(Expression):
        rows.append([item.name, *(f"{asdict(column)[item.name]:g}" for column in columns.values())])
    return "\n".join(f"{first:10}" + "".join(f"{cell:>10}" for cell in rest) for first, *rest in rows)
