"""Signal → other tempo, speed, pitch or order in time; a gap; an echo."""

import numpy as np

from ser_features.augment import library
from ser_features.augment.base import Parameter, Parameters, SignalTransform
from ser_features.errors import TooShortError
from ser_features.preprocess import resample


class TimeStretch(SignalTransform):
    """Faster or slower speech without a change of pitch; n / rate samples.

    audiomentations' TimeStretch with Signalsmith Stretch, which preserves level and pitch better than the
    phase vocoder of librosa. Below a rate of 0.5 it randomises phases with a seed of its own, so that is not
    allowed.
    """

    name = "time_stretch"
    by_library = True
    parameters = (Parameter("rate", "1", (1.2, 1.2), (0.5, 2.0), "Above 1 is faster, and shorter."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return about n / rate samples."""
        drawn = {"rate": parameters["rate"]}
        return library.run("TimeStretch", signal, sample_rate, parameters=drawn, leave_length_unchanged=False)


class Speed(SignalTransform):
    """Speed perturbation by resampling (Ko et al. 2015); ⌈n / rate⌉ samples."""

    name = "speed"
    parameters = (Parameter("rate", "1", (1.1, 1.1), (0.5, 2.0), "Above 1 is faster, higher and shorter."),)

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return ⌈n / rate⌉ samples."""
        return resample(signal, sample_rate * parameters["rate"], sample_rate)


class PitchShift(SignalTransform):
    """Higher or lower speech without a change of pace; formants move with the pitch.

    audiomentations' PitchShift with Signalsmith Stretch (see `time_stretch`).
    """

    name = "pitch_shift"
    by_library = True
    parameters = (
        Parameter("semitones", "semitones", (2.0, 2.0), (-12.0, 12.0), "Above 0 is higher; 12 is an octave."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        drawn = {"num_semitones": parameters["semitones"]}
        return library.run("PitchShift", signal, sample_rate, parameters=drawn)


class TimeShift(SignalTransform):
    """Circular shift: samples beyond one end are inserted at the other, so no speech is lost.

    audiomentations' Shift, which fades over 5 ms on both sides of the seam, to avoid a click.
    """

    name = "time_shift"
    by_library = True
    parameters = (
        Parameter("fraction", "1", (0.2, 0.2), (-0.9, 0.9), "Share of the duration; above 0 is later."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples."""
        drawn = {"shift_amount": parameters["fraction"]}
        return library.run("Shift", signal, sample_rate, parameters=drawn, min_shift=-1, max_shift=1)


class TimeMask(SignalTransform):
    """One silent gap at any position; audiomentations' TimeMask, with 5 ms ramps inside the gap."""

    name = "time_mask"
    by_library = True
    parameters = (
        Parameter("fraction", "1", (0.0, 0.1), (0.0, 1.0), "Share of the duration that is masked."),
        Parameter(
            "position", "1", (0.0, 1.0), (0.0, 1.0), "Position of the gap: 0 at the start, 1 at the end."
        ),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples, of which at most fraction × n differ."""
        length = int(parameters["fraction"] * signal.size)
        start = round(parameters["position"] * (signal.size - length))
        return library.run("TimeMask", signal, sample_rate, parameters={"t": length, "t0": start})


class Echo(SignalTransform):
    """y[n] = x[n] + decay · x[n − delay]; the length stays, so the echo is cut at the end."""

    name = "echo"
    parameters = (
        Parameter("delay", "s", (0.5, 0.5), (0.001, 10.0), "Delay of the echo."),
        Parameter("decay", "1", (0.5, 0.5), (0.0, 1.0), "Amplitude of the echo, relative to the signal."),
    )

    def apply(self, signal: np.ndarray, sample_rate: int, parameters: Parameters) -> np.ndarray:
        """Return n samples.

        Raises:
            TooShortError: if the signal ends before its echo begins.
        """
        delay = round(parameters["delay"] * sample_rate)
        if delay >= signal.size:
            raise TooShortError(
                f"{signal.size / sample_rate:.2f} s of speech, expected more than the echo's delay of "
                f"{parameters['delay']:g} s: pass a shorter delay"
            )
        echoed = signal.copy()
        echoed[delay:] += np.float32(parameters["decay"]) * signal[:-delay]
        return echoed
