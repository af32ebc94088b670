"""Fuzzing of audio headers: every file must give features or be refused.

    python -m benchmarks.robustness.fuzz --count 10000 --seed 0

Small valid recordings of many formats are damaged, mostly in their headers: bits flipped, length fields
overwritten, parts removed, moved, repeated or replaced from another format. Each goes through the whole
pipeline (decode, prepare, extract) in a worker process with a memory limit and a time limit.

The benchmark prints the number of rows, of refusals by error class, and of crashes, hangs and unexpected
errors. The exit code is 1 unless the last three are 0. A case depends on the seed and its number alone:
`--only NUMBER --keep FOLDER` writes one to disk.
"""

import argparse
import io
import multiprocessing
import resource
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from benchmarks.robustness.media_files import WRITTEN, media_file

MEMORY = 2**30
"""Memory limit of a worker in bytes."""

SECONDS = 10.0
"""Time limit of a case."""

RATE = 16_000
HEADER = 160
"""Number of first bytes that get most of the changes."""

SUBTYPES = {
    "WAV": "PCM_16 PCM_U8 PCM_24 DOUBLE ULAW IMA_ADPCM MS_ADPCM GSM610 G721_32",
    "WAVEX": "FLOAT",
    "RF64": "PCM_16",
    "W64": "PCM_16",
    "FLAC": "PCM_16 PCM_24",
    "OGG": "VORBIS OPUS",
    "MP3": "MPEG_LAYER_III",
    "AIFF": "PCM_16 FLOAT IMA_ADPCM",
    "AU": "PCM_16 G723_24",
    "CAF": "PCM_16 ALAC_16",
    "NIST": "PCM_16",
}
"""Encodings by container, as libsndfile names them; `media_files.WRITTEN` has those that PyAV reads."""

FORMATS = tuple((container, subtype) for container, names in SUBTYPES.items() for subtype in names.split())

EXTREMES = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Values for length fields, besides random ones."""

Mutation = Callable[[bytearray, np.random.Generator], None]
ROW, CRASH, HANG = "row", "crash", "hang"
UNEXPECTED = "unexpected "


def seeds() -> list[bytes]:
    """A valid recording of every format, 0.3 s of a tone in one or two channels."""
    import soundfile

    tone = _tone(RATE)
    files = []
    for index, (container, subtype) in enumerate(FORMATS):
        channels = 1 if index % 3 or subtype in ("GSM610", "G721_32", "G723_24") else 2
        file = io.BytesIO()
        with soundfile.SoundFile(file, "w", RATE, channels, subtype, format=container) as sound:
            sound.write(np.tile(tone[:, None], channels))
        files.append(_steady(file.getvalue()))
    return files + [media_file(kind, _tone(kind.rate)) for kind in WRITTEN]


def _tone(rate: int) -> np.ndarray:
    return 0.4 * np.sin(np.arange(int(0.3 * rate)) * 2 * np.pi * 220 / rate)


def _steady(content: bytes) -> bytes:
    """Replace what libsndfile writes differently each time: time stamps of peaks, Ogg serial numbers."""
    steady = bytearray(content)
    peak = steady.find(b"PEAK")
    if peak >= 0:
        steady[peak + 12 : peak + 16] = bytes(4)
    page = 0 if steady.startswith(b"OggS") else -1
    while page >= 0:
        following = steady.find(b"OggS", page + 4)
        end = following if following >= 0 else len(steady)
        steady[page + 14 : page + 18] = b"seed"
        steady[page + 22 : page + 26] = bytes(4)
        steady[page + 22 : page + 26] = struct.pack("<I", _ogg_checksum(bytes(steady[page:end])))
        page = following
    return bytes(steady)


def _ogg_checksum(page: bytes) -> int:
    """CRC-32 without reflection or inversion (RFC 3533, section 6)."""
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ (0x104C11DB7 if checksum & 0x80000000 else 0)
    return checksum


def case(files: list[bytes], seed: int, number: int) -> bytes:
    """The damaged file of this number."""
    rng = np.random.default_rng((seed, number))
    content = bytearray(files[number % len(files)])
    if rng.random() < 0.1:
        _splice(content, files[rng.integers(len(files))], rng)
    for _ in range(rng.integers(1, 4)):
        MUTATIONS[rng.integers(len(MUTATIONS))](content, rng)
    return bytes(content)


def _position(content: bytearray, rng: np.random.Generator) -> int:
    """A position in the header or, in one of eight cases, anywhere."""
    end = len(content) if rng.random() < 1 / 8 else min(HEADER, len(content))
    return int(rng.integers(max(end, 1)))


def _splice(content: bytearray, other: bytes, rng: np.random.Generator) -> None:
    content[_position(content, rng) :] = other[_position(bytearray(other), rng) :]


def _flip_bits(content: bytearray, rng: np.random.Generator) -> None:
    for _ in range(rng.integers(1, 9)):
        if content:
            content[_position(content, rng)] ^= 1 << int(rng.integers(8))


def _set_byte(content: bytearray, rng: np.random.Generator) -> None:
    position = _position(content, rng)
    content[position : position + 1] = rng.bytes(1)


def _set_field(content: bytearray, rng: np.random.Generator) -> None:
    """Overwrite two, four or eight bytes in either byte order, as in length and rate fields."""
    position = _position(content, rng) // 2 * 2
    code = ("H", "I", "Q")[rng.integers(3)]
    extreme = rng.random() < 0.7
    value = EXTREMES[rng.integers(len(EXTREMES))] if extreme else int(rng.integers(2**32))
    if code == "Q" and rng.random() < 0.5:
        value <<= 32
    limit = 2 ** (8 * struct.calcsize(code))
    field = struct.pack(("<", ">")[rng.integers(2)] + code, value % limit)
    content[position : position + len(field)] = field


def _truncate(content: bytearray, rng: np.random.Generator) -> None:
    del content[_position(content, rng) if rng.random() < 0.3 else int(rng.integers(len(content) + 1)) :]


def _insert(content: bytearray, rng: np.random.Generator) -> None:
    position = _position(content, rng)
    content[position:position] = rng.bytes(int(rng.integers(1, 20)))


def _delete(content: bytearray, rng: np.random.Generator) -> None:
    position = _position(content, rng)
    del content[position : position + int(rng.integers(1, 20))]


def _repeat(content: bytearray, rng: np.random.Generator) -> None:
    """Duplicate a range of bytes."""
    position = _position(content, rng)
    content[position:position] = content[position : position + int(rng.integers(4, 64))]


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip_bits, _flip_bits, _set_byte, _set_byte, _set_field, _set_field, _set_field),
    *(_truncate, _insert, _delete, _repeat),
)


def outcome(content: bytes) -> str:
    """Return "row", the class of the refusal, or the unexpected error."""
    from ser_features.config import DEFAULT_PROFILE
    from ser_features.errors import AudioError
    from ser_features.extractors import encoder_free
    from ser_features.pipeline import extract_bytes

    try:
        features = extract_bytes(content, DEFAULT_PROFILE, encoder_free())
    except AudioError as error:
        return type(error).__name__ if str(error) and "\n" not in str(error) else f"{UNEXPECTED}empty message"
    except Exception as error:  # any error is reported
        return f"{UNEXPECTED}{error!r}"
    frames = [_whole(name, array) for name, array in features.frames.items()]
    infinite = [name for name, value in features.columns.items() if np.isinf(value)]
    return ROW if all(frames) and not infinite else f"{UNEXPECTED}infinite {infinite or 'frames'}"


def _whole(family: str, frames: np.ndarray) -> bool:
    """Whether there are frames without NaN; pitch is NaN where unvoiced."""
    return bool(len(frames) and (np.isfinite(frames) | ((family == "pitch") & np.isnan(frames))).all())


def work(channel: Connection, seed: int, start: int, count: int) -> None:
    """In a worker: send the outcome of every case from `start` on."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    files = seeds()
    outcome(files[0])  # imports and warm-up do not count as time of a case
    for number in range(start, count):
        content = case(files, seed, number)
        channel.send(None)
        begin = time.perf_counter()
        result = outcome(content)
        seconds, used = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
        channel.send((result, seconds, used.ru_maxrss))


def run(seed: int, count: int, start: int = 0) -> Iterator[tuple[int, str, float, int]]:
    """Yield (number, outcome, seconds, peak memory in KiB) of every case; a worker that dies is replaced."""
    context = multiprocessing.get_context("spawn")
    while start < count:
        here, there = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(there, seed, start, count), daemon=True)
        worker.start()
        there.close()
        for number, result, seconds, peak in _watch(here, start, count):
            yield number, result, seconds, peak
            start = number + 1
        worker.kill()
        worker.join()
        here.close()


def _watch(channel: Connection, start: int, count: int) -> Iterator[tuple[int, str, float, int]]:
    """Follow one worker until it is done, dead, or hangs."""
    for number in range(start, count):
        try:
            channel.recv()
            result, seconds, peak = channel.recv() if channel.poll(SECONDS) else (HANG, SECONDS, 0)
        except EOFError:
            result, seconds, peak = CRASH, 0.0, 0
        yield number, result, seconds, peak
        if result in (HANG, CRASH):
            return


def main() -> int:
    """Fuzz and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="number of a single case to run")
    parser.add_argument("--keep", type=Path, help="folder for the failing cases")
    options = parser.parse_args()
    start, count = (0, options.count) if options.only is None else (options.only, options.only + 1)
    begin = time.perf_counter()
    counts: Counter[str] = Counter()
    slowest = largest = 0.0
    bad = []
    for number, result, seconds, peak in run(options.seed, count, start):
        counts[result] += 1
        slowest, largest = max(slowest, seconds), max(largest, peak / 1024)
        if result in (CRASH, HANG) or result.startswith(UNEXPECTED):
            bad.append((number, result))
    _keep(options, bad if options.only is None else [(start, "")])
    _print(counts, bad)
    print(f"slowest {slowest:.2f} s, peak {largest:.0f} MiB, {time.perf_counter() - begin:.0f} s in all")
    return 1 if bad else 0


def _keep(options: argparse.Namespace, cases: list[tuple[int, str]]) -> None:
    if options.keep is None:
        return
    options.keep.mkdir(parents=True, exist_ok=True)
    files = seeds()
    for number, _ in cases:
        (options.keep / f"{options.seed}-{number}").write_bytes(case(files, options.seed, number))


def _print(counts: Counter[str], bad: list[tuple[int, str]]) -> None:
    for name in (ROW, *sorted(set(counts) - {ROW, CRASH, HANG})):
        print(f"{counts[name]:8}  {name}")
    for name in (CRASH, HANG):
        print(f"{counts[name]:8}  {name}")
    for number, result in bad:
        print(f"case {number}: {result}")


if __name__ == "__main__":
    sys.exit(main())
