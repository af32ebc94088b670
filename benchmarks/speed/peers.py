"""Feature extractors of other projects, as their users call them, in one process. None is a dependency.

    pip install opensmile==2.6.0 essentia
    pip install --no-deps nkululeko && pip install audiofile tqdm
    pip install torch torchaudio

- openSMILE: functionals of eGeMAPSv02 (88) and ComParE_2016 (6,373) by its own Python package, one file at
  a time. Its licence forbids commercial use.
- nkululeko: its feature type "praat" by the function that its experiments call (`compute_features`; 45
  columns). Its default type, "os", is openSMILE's eGeMAPSv02.
- torchaudio: mel spectrogram, MFCC and pitch at 16 kHz, with the frames of speech16k.
- Essentia: the same by its standard mode: MFCC with their mel bands, and PitchYinFFT, frame by frame.

Only NumPy and soundfile are needed besides, so that `--peer-python` may be of another environment.
"""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.speed.child import Work, each

RATE, FFT, WINDOW, HOP, BANDS, COEFFICIENTS = 16_000, 512, 400, 160, 64, 13
LOWEST, HIGHEST = 75, 600
"""Frames, bands and F0 range of the profile speech16k."""


def opensmile_set(feature_set: str) -> Callable[[Sequence[str]], Work]:
    """Functionals of a feature set of openSMILE."""

    def prepare(paths: Sequence[str]) -> Work:
        import opensmile

        level = opensmile.FeatureLevel.Functionals
        smile = opensmile.Smile(getattr(opensmile.FeatureSet, feature_set), level, num_workers=1)
        smile.process_file(paths[0])
        return lambda: len(smile.process_files(paths))

    return prepare


def nkululeko_praat(paths: Sequence[str]) -> Work:
    """The features of nkululeko's type "praat"."""
    import pandas as pd
    import soundfile
    from nkululeko.feat_extract.feats_praat_core import compute_features

    ends = [pd.Timedelta(soundfile.info(path).duration, unit="s") for path in paths]
    index = pd.MultiIndex.from_arrays(
        [paths, [pd.Timedelta(0)] * len(paths), ends], names=["file", "start", "end"]
    )
    compute_features(index[:2])
    return lambda: len(compute_features(index))


def torchaudio_features(paths: Sequence[str]) -> Work:
    """Mel spectrogram, MFCC and pitch by torchaudio, on one thread."""
    import soundfile
    import torch
    from torchaudio import functional, transforms

    torch.set_num_threads(1)
    frames = {"n_fft": FFT, "win_length": WINDOW, "hop_length": HOP, "n_mels": BANDS}
    mel = transforms.MelSpectrogram(RATE, **frames)
    mfcc = transforms.MFCC(RATE, COEFFICIENTS, melkwargs=frames)
    resamplers = {
        rate: transforms.Resample(rate, RATE) for rate in {soundfile.info(p).samplerate for p in paths}
    }

    def one(path: str) -> None:
        # torchaudio.load needs a further package since 2.9.
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
        resampled = resamplers[rate](torch.from_numpy(signal.mean(axis=1)))
        for values in (mel(resampled).log(), mfcc(resampled)):
            values.mean(-1), values.std(-1)
        functional.detect_pitch_frequency(
            resampled, RATE, frame_time=HOP / RATE, freq_low=LOWEST, freq_high=HIGHEST
        ).mean()

    return each(one, paths)


def essentia_features(paths: Sequence[str]) -> Work:
    """MFCC, their mel bands and pitch by Essentia."""
    import essentia
    from essentia import standard

    essentia.log.infoActive = False
    window = standard.Windowing(type="hann", zeroPadding=FFT - WINDOW)
    spectrum = standard.Spectrum(size=FFT)
    mfcc = standard.MFCC(
        inputSize=FFT // 2 + 1,
        sampleRate=RATE,
        numberBands=BANDS,
        numberCoefficients=COEFFICIENTS,
        highFrequencyBound=RATE / 2,
    )
    long_window, long_spectrum = standard.Windowing(type="hann"), standard.Spectrum(size=2 * FFT)
    pitch = standard.PitchYinFFT(
        frameSize=2 * FFT, sampleRate=RATE, minFrequency=LOWEST, maxFrequency=HIGHEST
    )

    def one(path: str) -> None:
        signal = standard.MonoLoader(filename=path, sampleRate=RATE)()
        short = standard.FrameGenerator(signal, frameSize=WINDOW, hopSize=HOP)
        values = np.array([np.concatenate(mfcc(spectrum(window(frame)))) for frame in short])
        long = standard.FrameGenerator(signal, frameSize=2 * FFT, hopSize=HOP)
        f0 = np.array([pitch(long_spectrum(long_window(frame))) for frame in long])
        for column in (values, f0):
            column.mean(axis=0), column.std(axis=0)

    return each(one, paths)


CONTENDERS = {
    "openSMILE eGeMAPSv02": opensmile_set("eGeMAPSv02"),
    "openSMILE ComParE_2016": opensmile_set("ComParE_2016"),
    "nkululeko praat": nkululeko_praat,
    "torchaudio": torchaudio_features,
    "Essentia": essentia_features,
}
