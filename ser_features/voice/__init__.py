"""F0, glottal pulses, jitter and shimmer exactly as Praat computes them, by compiled kernels.

Further kernels compute in one pass what NumPy computes in several: `levels` (`framing.signal_levels`),
`rolloff` (`extractors.core.rolloff`), `onsets` (`extractors.base.onset_strength`) and `products`
(`extractors.rhythm.mean_autocorrelation`).

signal → `contour.track` (`tables`, FFT, kernels) → `Contour` → `contour.pulses` → jitter, shimmer
`kernels` → `build` (Numba, LLVM; one process, once per processor) → object code → `library` → functions

The algorithms are Boersma (1993): "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", and Praat's `To PointProcess (cc)`, with the constants and the
order of operations of Praat (P. Boersma and D. Weenink, GPL-3.0-or-later), which is the reference in the
tests.
"""
