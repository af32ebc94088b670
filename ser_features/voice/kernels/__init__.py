"""The voice analysis's inner loops, as functions of pointers and numbers that Numba compiles.

signal → `candidates` → `path` → F0; signal, F0 → `pulses` → `perturbation` → jitter, shimmer
signal → `levels`; magnitude spectra → `rolloff`; log-mel spectrogram → `tempo` → strength of onsets, products

They allocate nothing, raise nothing and call no other library, so that the compiled code runs wherever it is
loaded. Arrays are flat: cell (i, j) of a matrix with n columns is at i · n + j. Sums run in the order that is
written, so that every processor gives the same result.
"""
