"""Threads of the libraries of matrices, in the environment of a process.

`ONE_THREAD` → environment, before NumPy is imported
"""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A recording's matrices are small: threads would wait for each other, and those of several workers would
compete for the same cores."""
