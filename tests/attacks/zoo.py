"""A zoo of audio files, good, odd and hostile, each with the outcome that it must have.

`ZOO` → `settle(folder)` writes every file and `zoo.csv` beside them → an extraction → rows and failures.

Nothing is downloaded or committed: every file is made here, byte for byte where no encoder would write it.
"""

import csv
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000
TIME = np.arange(RATE // 2) / RATE
TONE = 0.4 * np.sin(2 * np.pi * 220 * TIME) + 0.1 * np.sin(2 * np.pi * 660 * TIME)

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Animal:
    """A file and what must become of it.

    Attributes:
        name: its path below the zoo.
        make: writes it.
        stage: "row" if it is stored, else the stage at which it is refused.
        error: class of the refusal.
        says: part of the refusal's message.
        direct: outcome where the path is given by hand, as `ser predict` does, and no table stands before it.
    """

    name: str
    make: Make
    stage: str = "row"
    error: str = ""
    says: str = ""
    direct: str = ""

    @property
    def outcome(self) -> str:
        """Class of the refusal by hand, or "row"."""
        return self.direct or self.error or "row"


def settle(folder: Path) -> Path:
    """Write every animal and the table that names them all; return the table."""
    for animal in ZOO:
        animal.make(folder / animal.name)
    table = folder / "zoo.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "emotion", "speaker"))
        writer.writerows((animal.name, "sad", "Ada") for animal in ZOO)
    return table


def encode(
    signal: np.ndarray = TONE, container: str = "WAV", subtype: str | None = None, rate: int = RATE
) -> bytes:
    """Return a signal as a file."""
    file = io.BytesIO()
    channels = 1 if signal.ndim == 1 else signal.shape[1]
    with soundfile.SoundFile(file, "w", rate, channels, subtype, format=container) as sound:
        sound.write(signal)
    return file.getvalue()


def holding(content: bytes) -> Make:
    """Make a file of these bytes."""
    return lambda path: path.write_bytes(content) and None


def patched(content: bytes, offset: int, code: str, value: int) -> bytes:
    """Return a copy with one number overwritten."""
    spoilt = bytearray(content)
    struct.pack_into(code, spoilt, offset, value)
    return bytes(spoilt)


def cut(content: bytes, share: float = 0.5) -> bytes:
    """Return the beginning."""
    return content[: int(share * len(content))]


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """Return a RIFF chunk, padded to even length; `size` is what it claims."""
    claimed = len(content) if size is None else size
    return name + struct.pack("<I", claimed & 0xFFFFFFFF) + content + bytes(len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    """Return a WAV file of these chunks."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(channels: int = 1, rate: int = RATE, code: int = 1, bits: int = 16) -> bytes:
    """Return a format chunk."""
    frame = channels * bits // 8
    return chunk(
        b"fmt ",
        struct.pack(
            "<HHIIHH", code, channels & 0xFFFF, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits
        ),
    )


def samples(signal: np.ndarray = TONE) -> bytes:
    """Return 16-bit PCM."""
    return (signal * 32767).astype("<i2").tobytes()


def with_sample(value: float) -> np.ndarray:
    """Return the tone with one sample replaced."""
    signal = TONE.copy()
    signal[100] = value
    return signal


def flac_claiming(seconds: int, rate: int, channels: int) -> bytes:
    """Return a small FLAC whose STREAMINFO claims a length (36 bits, from the low half of byte 21)."""
    content = bytearray(encode(np.tile(TONE[:, None], channels), "FLAC", rate=rate))
    total = seconds * rate
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = struct.pack(">I", total & 0xFFFFFFFF)
    return bytes(content)


def link(target: str) -> Make:
    """Make a symbolic link."""
    return lambda path: path.symlink_to(target)


def forbidden(path: Path) -> None:
    """Make a file without read permission."""
    path.write_bytes(encode())
    path.chmod(0)


def sparse(path: Path) -> None:
    """Make a file of 2 GiB that takes no space."""
    path.write_bytes(encode())
    os.truncate(path, 2**31)


def _rows() -> list[Animal]:
    """What is stored."""
    stereo = np.stack([TONE, 0.5 * TONE], axis=1)
    noise = 1e-4 * np.random.default_rng(0).standard_normal(TONE.size)
    wavs = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "IMA_ADPCM")
    others = {
        "extensible.wav": ("WAVEX", "PCM_24"),
        "tone.rf64": ("RF64", "PCM_16"),
        "tone.w64": ("W64", "PCM_16"),
        "tone.mp3": ("MP3", "MPEG_LAYER_III"),
        "vorbis.ogg": ("OGG", "VORBIS"),
        "tone.opus": ("OGG", "OPUS"),
        "tone.flac": ("FLAC", "PCM_24"),
        "tone.aiff": ("AIFF", "PCM_16"),
        "float.aifc": ("AIFF", "FLOAT"),
        "tone.au": ("AU", "ULAW"),
        "tone.caf": ("CAF", "PCM_16"),
        "alac.caf": ("CAF", "ALAC_16"),
        "sphere.sph": ("NIST", "PCM_16"),
        "mp3 named.wav": ("MP3", "MPEG_LAYER_III"),
        "flac named.mp3": ("FLAC", "PCM_16"),
        "noextension": ("WAV", "PCM_16"),
    }
    contents = {f"{name.lower()}.wav": encode(subtype=name) for name in (*wavs, "MS_ADPCM", "GSM610")}
    contents |= {name: encode(TONE, *kind) for name, kind in others.items()}
    contents |= {
        "stereo.wav": encode(stereo),
        "antiphase.wav": encode(np.stack([TONE, -TONE], axis=1)),
        "one side.wav": encode(np.stack([TONE, 0 * TONE], axis=1)),
        "64 channels.wav": encode(np.tile(TONE[:, None], 64)),
        "clipped.wav": encode(np.sign(TONE)),
        "faint.wav": encode(noise, subtype="FLOAT"),
        "integer scale.wav": encode(2.0**31 * TONE / abs(TONE).max(), subtype="FLOAT"),
        "384 kHz.wav": encode(np.resize(TONE, 40_000), rate=384_000),
        "1 kHz.wav": encode(rate=1_000),
        "piped.wav": wav(fmt(), chunk(b"data", samples(), 0xFFFFFFFF)),
        "odd chunks.wav": wav(
            chunk(b"JUNK", b"odd"), fmt(), chunk(b"LIST", b"INFOxyz"), chunk(b"data", samples())
        ),
        "tail.wav": encode() + b"appended by a careless program",
        "eternal.flac": flac_claiming(0, RATE, 1),
        "size 0.wav": wav(fmt(), chunk(b"data", samples(), 0)),
        "two.mp3": encode(TONE, "MP3") + encode(TONE[100:], "MP3"),
        "two.ogg": encode(TONE, "OGG") + encode(TONE[100:], "OGG"),
        "huge count.rf64": patched(encode(TONE, "RF64"), 36, "<q", 2**62),  # its data size is right
        "mp3 with tags.mp3": b"ID3\4\0\0\0\0\1\0" + bytes(128) + encode(TONE, "MP3") + b"TAG" + bytes(125),
    }
    names = (
        "with space.wav",
        "-rf.wav",
        "na\u00efve.wav",
        "nai\u0308ve.wav",
        "\u65e5\u672c\u8a9e \U0001f600.wav",
        "line\nbreak.wav",
        "tab\tand\rreturn.wav",
        'quote", comma;.wav',
        "%s {0} $(touch owned).wav",
        "a" * 251 + ".wav",
        "SHOUT.WAV",
        "..wav",
    )
    contents |= {name: encode(TONE[index:]) for index, name in enumerate(names)}
    animals = [Animal(name, holding(content)) for name, content in contents.items()]
    return [*animals, Animal("link inside.wav", link("stereo.wav"))]


def _damaged() -> dict[str, tuple[bytes, str]]:
    """Files that are cut short or whose headers lie: bytes, and part of the message of the refusal."""
    plain, mp3, aiff, sphere = encode(), encode(TONE, "MP3"), encode(TONE, "AIFF"), encode(TONE, "NIST")
    caf, rf64, w64, au = (encode(TONE, container) for container in ("CAF", "RF64", "W64", "AU"))
    pcm = chunk(b"data", samples())
    return {
        "no data.wav": (wav(fmt()), "No 'data' chunk"),
        "no format.wav": (wav(pcm), "damaged"),
        "format twice.wav": (wav(fmt(), fmt(), pcm), "damaged"),
        "half.wav": (cut(plain), "the header says 16000 bytes, the file holds 7978"),
        "half.flac": (cut(encode(TONE, "FLAC")), "could be decoded"),
        "half.ogg": (cut(encode(TONE, "OGG")), "inside a page"),
        "half.mp3": (cut(mp3), f"says {len(mp3)} bytes, the file holds {len(mp3) // 2}"),
        "last frame gone.mp3": (mp3[:-200], f"says {len(mp3)} bytes, the file holds {len(mp3) - 200}"),
        "half.aiff": (cut(aiff), "the header says 16008 bytes"),
        "half.au": (cut(au), "the header says 16000 bytes"),
        "half.caf": (cut(caf), "malformed"),
        "half.w64": (cut(w64), "the header says 16104 bytes"),
        "half.rf64": (cut(rf64), "the header says 16000 bytes, the file holds"),
        "half.sph": (cut(sphere), f"says {len(sphere)} bytes, the file holds {len(sphere) // 2}"),
        "4 GHz.wav": (patched(plain, 24, "<I", 4_000_000_000), "SF_INFO struct incomplete"),
        "0 Hz.wav": (patched(plain, 24, "<I", 0), "SF_INFO struct incomplete"),
        "0 channels.wav": (patched(plain, 22, "<H", 0), "Channel count is zero"),
        "claimed.flac": (flac_claiming(599, RATE, 1), "the header says 9584000 samples"),
        "huge data.wav": (patched(plain, 40, "<I", 0x7000_0000), "the header says 1879048192 bytes"),
        "huge data.rf64": (patched(rf64, 28, "<q", 2**62), "the header says 4611686018427387904 bytes"),
        "negative chunk.wav": (wav(fmt(), chunk(b"LIST", b"INFO", -8), pcm), "No 'data' chunk"),
        "negative format.wav": (patched(plain, 16, "<i", -16), "Short 'fmt ' chunk"),
        "negative data.w64": (patched(w64, 56, "<q", -(2**40)), "damaged"),
        "negative.caf": (patched(caf, 12, ">q", -1), "malformed"),
        "nowhere.aiff": (patched(aiff, 38, ">I", 0x5858_5858), "damaged"),
        "nowhere.au": (patched(au, 4, ">I", 0xFFFF_FFF0), "damaged"),
        "thousands of chunks.wav": (wav(*[chunk(b"abcd", b"")] * 20_000), "No 'data' chunk"),
    }


def _refused() -> list[Animal]:
    """What is refused once its bytes are looked at."""
    plain, minutes = encode(), np.zeros(600 * RATE, np.int16)
    cancelling = encode(np.stack([TONE, TONE, -2 * TONE], axis=1), subtype="FLOAT")
    eleven = encode(np.resize(minutes, 660 * RATE), subtype="IMA_ADPCM")
    kinds = {
        "empty.wav": (b"", "EmptyFileError", "0 bytes"),
        "one byte.wav": (b"R", "NotAudioError", "text, 'R'"),
        "text.wav": (b"These are notes, not audio.\n" * 99, "NotAudioError", "text, 'These are notes"),
        "picture.wav": (b"\x89PNG\r\n\x1a\n" + bytes(500), "NotAudioError", "a PNG picture"),
        "utf16.mp3": ("notes in UTF-16".encode("utf-16"), "NotAudioError", "text, 'notes in UTF-16'"),
        "sampler.wav": (encode(TONE, "XI", "DPCM_16"), "NotAudioError", "unknown format"),
        "matlab.wav": (encode(TONE, "MAT5", "DOUBLE"), "NotAudioError", "MATLAB data"),
        "header only.wav": (wav(fmt(), chunk(b"data", b"")), "NoSamplesError", "no sample follows"),
        "2 GHz.wav": (patched(plain, 24, "<I", 2 * 10**9), "UnsupportedAudioError", "is 2000000000 Hz"),
        "1 Hz.wav": (patched(plain, 24, "<I", 1), "UnsupportedAudioError", "sample rate is 1 Hz"),
        "65 channels.wav": (encode(np.tile(TONE[:, None], 65)), "UnsupportedAudioError", "65 channels"),
        "unknown codec.wav": (patched(plain, 20, "<H", 0x7777), "UnsupportedAudioError", "format 0x7777"),
        "half eternal.flac": (
            cut(flac_claiming(0, RATE, 1)),
            "TruncatedAudioError",
            "leaves the length open",
        ),
        "1e30.wav": (encode(with_sample(1e30), subtype="FLOAT"), "UnsupportedAudioError", "1e+30 times"),
        "nan.wav": (encode(with_sample(np.nan), subtype="FLOAT"), "NonFiniteAudioError", "1 samples are"),
        "inf.wav": (encode(with_sample(np.inf), subtype="DOUBLE"), "NonFiniteAudioError", "1 samples are"),
        "silence.wav": (encode(0 * TONE), "SilentAudioError", "every sample is zero"),
        "dc.wav": (encode(np.full(TONE.size, 0.25)), "SilentAudioError", "only a constant offset"),
        "denormal.wav": (encode(1e-40 * TONE, subtype="FLOAT"), "SilentAudioError", "nothing above 64 Hz"),
        "bomb.flac": (encode(minutes, "FLAC"), "SilentAudioError", "every sample is zero"),
        "cancelling.wav": (cancelling, "SilentAudioError", "the channels cancel each other out"),
        "one sample.wav": (encode(TONE[1:2]), "TooShortError", "expected at least 0.1 s"),
        "eleven minutes.wav": (eleven, "TooLongError", "660 s long, expected at most 600 s"),
        "wide.flac": (flac_claiming(599, 384_000, 8), "TooLongError", "expected at most 134217728 in all"),
    }
    kinds |= {name: (content, "TruncatedAudioError", says) for name, (content, says) in _damaged().items()}
    return [
        Animal(name, holding(content), "audio", error, says) for name, (content, error, says) in kinds.items()
    ]


def _irregular() -> list[Animal]:
    """What is no plain file; the table's scan refuses it by name, and so does reading it by hand."""
    unreadable, truncated = "UnreadableFileError", "UnsupportedAudioError"
    name, gone = "FileNameError", "no file"
    return [
        Animal("folder.wav", Path.mkdir, "name", name, "is a folder", unreadable),
        Animal("pipe.wav", os.mkfifo, "name", name, gone, unreadable),
        Animal("dangling.wav", link("nothing here.wav"), "name", name, gone, unreadable),
        Animal("loop.wav", link("loop.wav"), "name", name, gone, unreadable),
        Animal("round.wav", link("trip.wav"), "name", name, gone, unreadable),
        Animal("trip.wav", link("round.wav"), "name", name, gone, unreadable),
        Animal("device.wav", link("/dev/zero"), "name", name, gone, unreadable),
        Animal("process.wav", link("/proc/self/environ"), "audio", "EmptyFileError", "0 bytes"),
        Animal("huge.wav", sparse, "audio", truncated, "2147483648 bytes, expected at most 1073741824"),
        Animal("forbidden.wav", forbidden, "audio", unreadable, "Permission denied"),
    ]


ZOO: tuple[Animal, ...] = (*_rows(), *_refused(), *_irregular())
