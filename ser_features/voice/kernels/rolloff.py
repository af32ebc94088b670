"""Magnitude spectra → the bin of each below which a share of the magnitude lies."""

import numpy as np

from ser_features.voice.pointers import Float32s, Int64s


def rolloff(
    magnitude: Float32s,
    frames: int,
    bins: int,
    cumulative: Float32s,
    blocks: int,
    block_bins: int,
    share: float,
    edges: Int64s,
) -> None:
    """Find the block of bins in which the share is reached, then the bin in it.

    Args:
        magnitude: ≥ 0, float32, shape (frames, bins).
        frames: number of spectra.
        bins: of each.
        cumulative: sums before each block, and of all bins, float32, shape (frames, blocks + 1).
        blocks: of `block_bins` bins each, the last one of those that are left.
        block_bins: bins per block.
        share: of the sum of all bins, 0 to 1.
        edges: index of the bin, int64, shape (frames,); filled.
    """
    for frame in range(frames):
        sums, base = frame * (blocks + 1), frame * bins
        threshold = np.float32(share) * cumulative[sums + blocks]
        block = 0
        while block < blocks - 1 and cumulative[sums + block + 1] < threshold:
            block += 1
        edge, last = block * block_bins, min((block + 1) * block_bins, bins) - 1
        reached = cumulative[sums + block] + magnitude[base + edge]
        while edge < last and reached < threshold:
            edge += 1
            reached += magnitude[base + edge]
        edges[frame] = edge
