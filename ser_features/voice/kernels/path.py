"""Candidates of all frames → the best path through them, by dynamic programming (Boersma 1993)."""

from ser_features.voice.pointers import Float64s, Int64s


def path(
    frames: int,
    most: int,
    counts: Int64s,
    octaves: Float64s,
    strengths: Float64s,
    unvoiced: Float64s,
    jump_cost: float,
    voicing_cost: float,
    totals: Float64s,
    origins: Int64s,
    chosen: Int64s,
) -> None:
    """Choose a candidate or "unvoiced" in each frame.

    State 0 of a frame is "unvoiced", the others are its candidates; of equally good ones the first is chosen.

    Args:
        frames: number of frames.
        most: columns of the candidates' arrays.
        counts: candidates of each frame, int64, shape (frames,).
        octaves: log2 of their frequencies, float64, shape (frames, most).
        strengths: minus the cost of their frequencies, float64, shape (frames, most).
        unvoiced: strength of "unvoiced", float64, shape (frames,).
        jump_cost: per octave between neighbouring frames.
        voicing_cost: of a change between voiced and unvoiced.
        totals: along the best path to each state, float64, shape (frames, most + 1); overwritten.
        origins: the state before on that path, int64, shape (frames, most + 1); overwritten.
        chosen: state of each frame, int64, shape (frames,); filled.
    """
    width = most + 1
    totals[0] = unvoiced[0]
    for b in range(counts[0]):
        totals[1 + b] = strengths[b]
    for frame in range(1, frames):
        here, before = frame * width, (frame - 1) * width
        near, far = frame * most, (frame - 1) * most
        best, origin = totals[before], 0
        for a in range(counts[frame - 1]):
            total = totals[before + 1 + a] - voicing_cost
            if total > best:
                best, origin = total, 1 + a
        totals[here], origins[here] = best + unvoiced[frame], origin
        for b in range(counts[frame]):
            best, origin = totals[before] - voicing_cost, 0
            for a in range(counts[frame - 1]):
                total = totals[before + 1 + a] - jump_cost * abs(octaves[far + a] - octaves[near + b])
                if total > best:
                    best, origin = total, 1 + a
            totals[here + 1 + b], origins[here + 1 + b] = best + strengths[near + b], origin
    last, state = (frames - 1) * width, 0
    for b in range(counts[frames - 1]):
        if totals[last + 1 + b] > totals[last + state]:
            state = 1 + b
    for back in range(frames):
        frame = frames - 1 - back
        chosen[frame] = state
        state = origins[frame * width + state]
