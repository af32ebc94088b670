"""Audio of the demo corpus: Praat measures each parameter of an expression and the recipe."""

from dataclasses import replace
from statistics import median

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from ser_features.corpora.synthesis.recipe import RECIPES, Expression, express, generator
from ser_features.corpora.synthesis.render import OUTPUT_RATE, PEAK, perform, render
from ser_features.corpora.synthesis.script import EMOTIONS, VOICES, clips
from ser_features.corpora.synthesis.speech import SAMPLE_RATE, Utterances, utterances

QUIET = {name: replace(voice, room=-100.0) for name, voice in VOICES.items()}

MEASURED = ("F1", "F3", "F5", "M1", "M3", "M5")
"""Half of the voices, because measuring takes longer than rendering."""


@pytest.fixture(scope="module")
def spoken() -> Utterances:
    return utterances()


def say(spoken: Utterances, name: str = "M1", **changes: float) -> np.ndarray:
    return perform(spoken[name, "s1"], QUIET[name], Expression(**changes), np.random.default_rng(0))


def pitch_of(signal: np.ndarray) -> np.ndarray:
    sound = parselmouth.Sound(signal.astype(float), OUTPUT_RATE)
    return sound.to_pitch_ac(pitch_floor=60, pitch_ceiling=600).selected_array["frequency"]


def f0(signal: np.ndarray) -> np.ndarray:
    """Semitones above 1 Hz, voiced frames only."""
    values = pitch_of(signal)
    return 12 * np.log2(values[values > 0])


def spread(signal: np.ndarray) -> float:
    """Semitones between the quartiles of F0, which a few wrongly tracked frames do not move."""
    low, high = np.percentile(f0(signal), [25, 75])
    return float(high - low)


def speech(signal: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(signal) > 0.02 * np.abs(signal).max())
    return signal[loud[0] : loud[-1]]


def rms_db(signal: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(signal, dtype=float))))


def band_db(signal: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(signal)) ** 2
    hertz = np.fft.rfftfreq(signal.size, 1 / OUTPUT_RATE)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].sum()))


def jitter(signal: np.ndarray) -> float:
    sound = parselmouth.Sound(signal.astype(float), OUTPUT_RATE)
    pulses = call(sound, "To PointProcess (periodic, cc)", 60, 600)
    return 100 * call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)


def harmonicity(signal: np.ndarray) -> float:
    values = parselmouth.Sound(signal.astype(float), OUTPUT_RATE).to_harmonicity_cc(time_step=0.04).values
    return float(values[values > -100].mean())


def octaves_between(first: np.ndarray, second: np.ndarray) -> float:
    """Shift along a logarithmic frequency axis, in steps of 1/24 octave, at which the spectra fit best."""
    one, other = envelope(first), envelope(second)
    fits = {shift: np.corrcoef(one[20 + shift : shift - 20], other[20:-20])[0, 1] for shift in range(-19, 20)}
    return max(fits, key=lambda shift: fits[shift]) / 24


def envelope(signal: np.ndarray) -> np.ndarray:
    """Long-term spectrum in dB from 300 Hz on, in steps of 1/24 octave, harmonics smoothed away."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    hertz = np.fft.rfftfreq(signal.size, 1 / OUTPUT_RATE)
    edges = np.searchsorted(hertz, 300 * 2 ** np.arange(0, 4.4, 1 / 24))
    window = np.hanning(15)
    return np.convolve(10 * np.log10(np.add.reduceat(power, edges)[:-1]), window / window.sum(), "valid")


def test_utterances_are_the_same_in_every_process(spoken):
    again = utterances()
    assert spoken.keys() == again.keys()
    assert all(np.array_equal(spoken[key].signal, again[key].signal) for key in spoken)


def test_gaps_are_between_words(spoken):
    for (_, code), utterance in spoken.items():
        words = next(clip.sentence.text for clip in clips() if clip.sentence.code == code).split()
        assert 3 <= len(utterance.gaps) < len(words)
        assert list(utterance.gaps) == sorted(utterance.gaps)
        assert 0 < utterance.gaps[0] < utterance.gaps[-1] < utterance.signal.size / SAMPLE_RATE


@pytest.mark.parametrize("name", VOICES)
def test_pitch_and_levels_of_each_voice(spoken, name):
    voice = VOICES[name]
    signal = perform(spoken[name, "s1"], voice, Expression(), np.random.default_rng(0))
    assert np.median(f0(signal)) == pytest.approx(12 * np.log2(voice.pitch), abs=0.7)
    assert rms_db(speech(signal)) == pytest.approx(voice.level, abs=1.5)
    assert rms_db(signal[:1500]) == pytest.approx(voice.room, abs=1.5)


@pytest.mark.parametrize("name", ["F2", "M3"])
def test_pitch_is_raised_by_semitones(spoken, name):
    raised, plain = say(spoken, name, pitch=4.0), say(spoken, name)
    assert np.median(f0(raised)) - np.median(f0(plain)) == pytest.approx(4.0, abs=0.3)


# Wide contours of low voices would reach below what the tracker looks for.
@pytest.mark.parametrize(("name", "change"), [("F2", 1.0), ("F5", 1.0), ("M2", -0.5), ("M6", -0.5)])
def test_range_scales_the_f0_range(spoken, name, change):
    scaled, plain = say(spoken, name, range=change), say(spoken, name)
    assert spread(scaled) == pytest.approx((1 + change) * spread(plain), rel=0.15)


@pytest.mark.parametrize(("change", "gained"), [("slope", 5.0), ("inflection", 4.5)])
def test_contour_rises_towards_the_end(spoken, change, gained):
    risen, plain = f0(say(spoken, **{change: 6.0})), f0(say(spoken))
    at_end = np.mean(risen[-10:]) - np.mean(plain[-10:])
    at_start = np.mean(risen[:10]) - np.mean(plain[:10])
    assert gained < at_end - at_start < 6.5


def test_rate_shortens(spoken):
    faster, plain = speech(say(spoken, rate=0.25)), speech(say(spoken))
    assert plain.size / faster.size == pytest.approx(1.25, rel=0.02)


def test_pauses_lengthen(spoken):
    assert speech(say(spoken, pause=0.05)).size > speech(say(spoken)).size + 0.1 * OUTPUT_RATE


def test_level_is_in_decibels(spoken):
    assert rms_db(say(spoken, level=6.0)) - rms_db(say(spoken)) == pytest.approx(6.0, abs=0.05)


def test_tilt_is_in_decibels_per_octave(spoken):
    # Breath stays relative to the voice; without it, one octave apart differs by the tilt alone.
    tilted, plain = (say(spoken, tilt=tilt, breath=-60.0) for tilt in (3.0, 0.0))
    change = {
        low: band_db(tilted, low, low + 20) - band_db(plain, low, low + 20) for low in (500, 1000, 2000)
    }
    assert change[1000] - change[500] == pytest.approx(3.0, abs=0.3)
    assert change[2000] - change[1000] == pytest.approx(3.0, abs=0.3)


def test_breath_is_noise_relative_to_the_voice(spoken):
    clear, breathy = say(spoken, breath=-60.0), say(spoken, breath=18.0)
    assert rms_db(breathy - clear) - rms_db(clear) == pytest.approx(-20.0, abs=1.0)
    assert harmonicity(breathy) < harmonicity(clear) - 1


def test_jitter_is_irregular_periods(spoken):
    regular, rough = jitter(say(spoken)), jitter(say(spoken, jitter=3.0))
    assert regular < 2.0
    assert 2.5 < rough < 5.0


def test_tremor_modulates_f0(spoken):
    # A sine of depth 2 has a standard deviation of √2; only its phase is drawn.
    wavering = pitch_of(say(spoken, tremor=2.0))
    plain = pitch_of(say(spoken))
    voiced = (wavering > 0) & (plain > 0)
    assert np.std(12 * np.log2(wavering[voiced] / plain[voiced])) == pytest.approx(2**0.5, rel=0.2)


@pytest.mark.parametrize("name", ["M1", "M3"])
@pytest.mark.parametrize("change", [-0.2, 0.1, 0.3])
def test_formants_move_without_pitch_or_speed(spoken, name, change):
    moved, plain = (say(spoken, name, formants=formants, breath=-60.0) for formants in (change, 0.0))
    assert octaves_between(moved, plain) == pytest.approx(np.log2(1 + change), abs=1.5 / 24)
    assert np.median(f0(moved)) == pytest.approx(np.median(f0(plain)), abs=0.3)
    assert speech(moved).size == pytest.approx(speech(plain).size, rel=0.02)


def test_clips_beyond_full_scale_are_attenuated(spoken):
    assert np.abs(say(spoken, level=60.0)).max() == pytest.approx(PEAK)


def test_render_is_reproducible(spoken):
    clip = clips()[100]
    utterance = spoken[clip.voice.name, clip.sentence.code]
    first, rate = render(clip, utterance)
    assert (first.dtype, rate) == (np.float32, 16_000)
    np.testing.assert_array_equal(first, render(clip, utterance)[0])
    assert not np.array_equal(first[:1000], render(clip, utterance, seed=1)[0][:1000])


def test_generators_are_independent():
    drawn = {generator(seed, *words).random() for seed in (0, 1) for words in (("a",), ("a", "b"), ("ab",))}
    assert len(drawn) == 6


def test_deviations_are_centred_on_the_recipe():
    angry = [
        express(clip, seed=seed).level for seed in range(20) for clip in clips() if clip.emotion == "angry"
    ]
    assert np.mean(angry) == pytest.approx(RECIPES["angry"].level, rel=0.1)
    assert np.std(angry) > 1.5


@pytest.fixture(scope="module")
def measured(spoken: Utterances) -> dict[str, dict[str, float]]:
    """By measure and emotion: median over voices of the difference from the same voice's neutral clip."""
    measures = {
        "pitch": lambda signal: np.median(f0(signal)),
        "range": spread,
        "seconds": lambda signal: speech(signal).size / OUTPUT_RATE,
        "level": lambda signal: rms_db(speech(signal)),
        "bright": lambda signal: band_db(signal, 2000, 5000) - band_db(signal, 100, 1000),
        "jitter": jitter,
        "harmonicity": harmonicity,
    }
    values = {
        (clip.voice.name, clip.emotion): {
            name: measure(render(clip, spoken[clip.voice.name, "s1"])[0])
            for name, measure in measures.items()
        }
        for clip in clips()
        if clip.sentence.code == "s1" and clip.voice.name in MEASURED
    }
    return {
        name: {
            emotion: median(
                values[voice, emotion][name] - values[voice, "neutral"][name] for voice in MEASURED
            )
            for emotion in EMOTIONS
        }
        for name in measures
    }


@pytest.mark.long
@pytest.mark.parametrize(
    ("measure", "lower", "higher"),
    [
        ("pitch", ["disgust", "sad"], ["neutral"]),
        ("pitch", ["neutral"], ["angry", "fear", "happy"]),
        ("range", ["sad"], ["neutral"]),
        ("range", ["neutral"], ["angry", "happy"]),
        ("seconds", ["fear", "angry"], ["neutral"]),
        ("seconds", ["neutral"], ["disgust", "sad"]),
        ("level", ["sad"], ["fear", "disgust"]),
        ("level", ["fear", "disgust"], ["neutral"]),
        ("level", ["neutral"], ["happy"]),
        ("level", ["happy"], ["angry"]),
        ("bright", ["sad"], ["neutral"]),
        ("bright", ["neutral"], ["angry"]),
        ("jitter", ["neutral"], ["fear", "disgust"]),
        ("harmonicity", ["fear", "angry"], ["neutral"]),
    ],
)
def test_emotions_differ_as_in_the_recipe(measured, measure, lower, higher):
    values = measured[measure]
    assert max(values[emotion] for emotion in lower) < min(values[emotion] for emotion in higher)
