"""Hostile and damaged archives are refused with a reason and leave nothing behind."""

import bz2
import gzip
import io
import os
import random
import stat
import struct
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_features.download import transfer
from ser_features.download.archives import Member
from ser_features.download.unpack import Limits, _write, unpack
from ser_features.errors import DownloadError, UnsafeArchiveError

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")

TIGHT = Limits(members=50, total=4 << 20, ratio=100)
NOISE = random.Random(0).randbytes(2000)


def entry(name: str, *, mode: int = stat.S_IFREG | 0o644, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.flag_bits |= flags
    return info


def zip_of(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(entry(name) if isinstance(name, str) else name, content, compress_type=method)
    return buffer.getvalue()


def tar_of(
    *files: tuple[str | tarfile.TarInfo, bytes], mode: str = "w", kind: int = tarfile.PAX_FORMAT
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=kind) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_entry(kind: bytes, name: str = "a.wav", link: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def central(archive: bytes) -> int:
    """Offset of the list of members of a zip."""
    return struct.unpack("<L", archive[-6:-2])[0]


def patched(archive: bytes, offset: int, form: str, value: int) -> bytes:
    """Overwrite a number in the first entry of a zip's list of members."""
    changed = bytearray(archive)
    struct.pack_into(form, changed, central(archive) + offset, value)
    return bytes(changed)


METHOD, CRC, PACKED, SIZE = 10, 16, 20, 24


def claiming(size: int) -> bytes:
    return patched(zip_of(("a.wav", NOISE)), SIZE, "<L", size)


def overlapping() -> bytes:
    """Two entries for one member's bytes, as in archive bombs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry("a.wav"), NOISE)
        second = entry("b.wav")
        first = archive.filelist[0]
        second.header_offset, second.CRC = first.header_offset, first.CRC
        second.compress_size, second.file_size = first.compress_size, first.file_size
        archive.filelist.append(second)
        archive._didModify = True
    return buffer.getvalue()


def long_list() -> bytes:
    """A zip whose list of members is longer than 8 MiB, though there are few of them."""
    infos = [entry(f"{number}.wav") for number in range(140)]
    for info in infos:
        info.comment = b"x" * 65_000
    return zip_of(*((info, b"") for info in infos))


def bad_crc() -> bytes:
    archive = bytearray(zip_of(("a.wav", NOISE)))
    archive[100] ^= 1
    return bytes(archive)


def sparse_tar() -> bytes:
    """A tar whose only member claims a gigabyte of holes."""
    header = bytearray(tarfile.TarInfo("a.wav").tobuf(tarfile.GNU_FORMAT))
    header[156:157] = tarfile.GNUTYPE_SPARSE
    header[386:410] = b"00000000000\0" * 2
    header[483:495] = b"%011o\0" % (1 << 30)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def hungry_tar() -> bytes:
    """A tar whose extended header claims two gigabytes, which a reader would allocate."""
    header = bytearray(tarfile.TarInfo("a.wav").tobuf())
    header[156:157] = tarfile.XHDTYPE
    header[124:136] = b"%011o\0" % (2 << 30)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(4096)


def short_tar() -> bytes:
    """A tar that ends inside its only member."""
    return tar_of(("a.wav", NOISE))[:1000]


ZEROS = bytes(3 << 20)
ZOO: dict[str, tuple[Callable[[], bytes], str]] = {
    # names
    "zip-up": (lambda: zip_of(("../evil.wav", b"x")), r"member '../evil.wav' leaves the folder"),
    "zip-up-inside": (lambda: zip_of(("a/../../evil.wav", b"x")), "leaves the folder"),
    "zip-up-late": (lambda: zip_of(("ok.wav", b"x"), ("a/b/../../../evil.wav", b"x")), "leaves the folder"),
    "zip-absolute": (lambda: zip_of(("/tmp/evil.wav", b"x")), "member '/tmp/evil.wav' leaves the folder"),
    "zip-drive": (lambda: zip_of(("C:/evil.wav", b"x")), "has a backslash or a colon"),
    "zip-stream": (lambda: zip_of(("a.wav:evil", b"x")), "has a backslash or a colon"),
    "zip-backslash-up": (lambda: zip_of(("..\\evil.wav", b"x")), "has a backslash or a colon"),
    "zip-share": (lambda: zip_of(("\\\\server\\share\\evil.wav", b"x")), "has a backslash or a colon"),
    "zip-newline": (lambda: zip_of(("a\n.wav", b"x")), "has an invisible character"),
    "zip-nul": (lambda: zip_of(("evil.py\0.wav", b"x")), "has an invisible character"),
    "zip-escape": (lambda: zip_of(("\x1b[2Ja.wav", b"x")), "has an invisible character"),
    "zip-right-to-left": (lambda: zip_of(("a\u202evaw.exe", b"x")), "has an invisible character"),
    "zip-long-name": (lambda: zip_of(("a" * 256, b"x")), r"member 'aaa.*…' has too long a name"),
    "zip-long-path": (lambda: zip_of(("/".join(["a" * 200] * 6), b"x")), "has too long a name"),
    "zip-deep": (lambda: zip_of(("a/" * 40 + "b.wav", b"x")), "lies 41 folders deep, expected 32 at most"),
    "zip-no-name": (lambda: zip_of(("", b"x")), "member '' has no name"),
    "zip-dot": (lambda: zip_of((".", b"x")), "member '.' has no name"),
    "tar-up": (lambda: tar_of(("../evil.wav", b"x")), "leaves the folder"),
    "tar-absolute": (lambda: tar_of(("/tmp/evil.wav", b"x")), "leaves the folder"),
    "tar-backslash": (lambda: tar_of(("..\\evil.wav", b"x")), "has a backslash or a colon"),
    "tar-not-utf8": (
        lambda: tar_of(("a\udcff.wav", b"x"), kind=tarfile.GNU_FORMAT),
        "has an invisible character",
    ),
    "targz-up": (lambda: tar_of(("../evil.wav", b"x"), mode="w:gz"), "leaves the folder"),
    # two members in one place
    "zip-twice": (lambda: zip_of(("a.wav", b"x"), ("a.wav", b"y")), "member 'a.wav' is there twice"),
    "zip-twice-dotted": (lambda: zip_of(("a.wav", b"x"), ("./a.wav", b"y")), "is there twice"),
    "zip-twice-case": (lambda: zip_of(("a.wav", b"x"), ("A.WAV", b"y")), "member 'A.WAV' is there twice"),
    "zip-twice-accent": (
        lambda: zip_of(("é.wav", b"x"), (unicodedata.normalize("NFD", "é.wav"), b"y")),
        "is there twice",
    ),
    "zip-file-and-parent": (
        lambda: zip_of(("a", b"x"), ("a/b.wav", b"y")),
        "member 'a' is a file and a folder",
    ),
    "zip-file-and-folder": (lambda: zip_of(("a", b"x"), ("A/", b"")), "member 'a' is a file and a folder"),
    "tar-twice": (lambda: tar_of(("a.wav", b"x"), ("a.wav", b"y")), "is there twice"),
    # links and special files
    "zip-link": (
        lambda: zip_of((entry("a.wav", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")),
        "member 'a.wav' is a link or a special file",
    ),
    "zip-device": (lambda: zip_of((entry("a", mode=stat.S_IFCHR), b"")), "is a link or a special file"),
    "zip-pipe": (lambda: zip_of((entry("a", mode=stat.S_IFIFO), b"")), "is a link or a special file"),
    "zip-folder-mode": (lambda: zip_of((entry("a", mode=stat.S_IFDIR), b"x")), "is a link or a special file"),
    "tar-link": (lambda: tar_of((tar_entry(tarfile.SYMTYPE), b"")), "is a link or a special file"),
    "tar-hard-link": (lambda: tar_of((tar_entry(tarfile.LNKTYPE), b"")), "is a link or a special file"),
    "tar-device": (lambda: tar_of((tar_entry(tarfile.BLKTYPE), b"")), "is a link or a special file"),
    "tar-pipe": (lambda: tar_of((tar_entry(tarfile.FIFOTYPE), b"")), "is a link or a special file"),
    "tar-link-then-through-it": (
        lambda: tar_of((tar_entry(tarfile.SYMTYPE, "d", "/tmp"), b""), ("d/evil.wav", b"x")),
        "is a link or a special file",
    ),
    "tar-sparse": (sparse_tar, "is a link or a special file"),
    # bombs and lies about sizes
    "zip-bomb-of-one": (
        lambda: zip_of(("a.wav", ZEROS), method=zipfile.ZIP_DEFLATED),
        r"member 'a.wav' claims 3,145,728 bytes and takes 3,0\d\d",
    ),
    "zip-bomb-of-many": (
        lambda: zip_of(*((f"{n}.wav", bytes(1 << 20)) for n in range(3)), method=zipfile.ZIP_DEFLATED),
        "claims to hold 3,145,728, expected 4,194,304 and 100 times its size at most",
    ),
    "zip-too-much": (
        lambda: zip_of(("a.wav", bytes(5 << 20))),
        "claims to hold 5,242,880, expected 4,194,304",
    ),
    "zip-overlap": (overlapping, "members of the archive lie over each other"),
    "zip-claims-more": (lambda: claiming(3000), r"member 'a.wav' holds less than the 3,000 bytes it claims"),
    "zip-claims-less": (lambda: claiming(1000), r"the archive is damaged \(Bad CRC-32"),
    "zip-claims-4-GB": (lambda: claiming(0xFFFF_FFFE), "claims 4,294,967,294 bytes and takes 2,000"),
    "zip-many-members": (
        lambda: zip_of(*((f"{number}.wav", b"x") for number in range(51))),
        "the archive has more than 50 members",
    ),
    "zip-long-list": (
        long_list,
        r"the archive's list of members takes 9,1\d\d,\d\d\d bytes, expected 8,388,608",
    ),
    "tar-many-members": (
        lambda: tar_of(*((f"{number}.wav", b"x") for number in range(51))),
        "the archive has more than 50 members",
    ),
    "tar-hungry": (hungry_tar, "list of members takes 2,147,483,648 bytes"),
    "targz-bomb": (
        lambda: tar_of(("a.wav", bytes(5 << 20)), mode="w:gz"),
        "the archive inflates to more than 4,194,304 bytes",
    ),
    "tarbz2-bomb": (
        lambda: tar_of(("a.wav", bytes(5 << 20)), mode="w:bz2"),
        "the archive inflates to more than 4,194,304 bytes",
    ),
    "targz-tight": (
        lambda: tar_of(("a.wav", ZEROS), mode="w:gz"),
        r"the archive of 3,\d\d\d bytes claims to hold 3,145,728",
    ),
    "gz-of-nothing-but-zeros": (lambda: gzip.compress(bytes(9 << 20)), "inflates to more than 4,194,304"),
    # closed, foreign and broken
    "zip-encrypted": (lambda: patched(zip_of(("a.wav", NOISE)), 8, "<H", 1), "member 'a.wav' is encrypted"),
    "zip-method": (
        lambda: zip_of(("a.wav", NOISE), method=zipfile.ZIP_LZMA),
        "member 'a.wav' is packed by method 14, expected 0 or 8",
    ),
    "zip-folder-with-content": (
        lambda: zip_of((entry("a/", mode=stat.S_IFDIR), b"x")),
        "member 'a/' is a folder with content",
    ),
    "zip-crc": (bad_crc, r"the archive is damaged \(Bad CRC-32 for file 'a.wav'\): it is not unpacked"),
    "zip-half": (lambda: zip_of(("a.wav", NOISE))[:1000], "the archive is damaged"),
    "zip-empty": (lambda: zip_of(), "the archive holds no file"),
    "zip-folders-only": (lambda: zip_of((entry("a/", mode=stat.S_IFDIR), b"")), "the archive holds no file"),
    "tar-half": (short_tar, "the archive is damaged|holds less than"),
    "targz-half": (lambda: tar_of(("a.wav", NOISE), mode="w:gz")[:1000], "the archive is damaged"),
    "tarbz2-bits": (lambda: bz2.compress(NOISE)[:40] + bytes(2000), "the archive is damaged"),
    "gz-of-text": (lambda: gzip.compress(b"hello " * 200), "the archive is damaged"),
    "html": (lambda: b"<!DOCTYPE html><html>", "begins with b'<!DOCTYPE html><', expected zip, tar, tar.gz"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00", r"begins with b'Rar!\\x1a"),
    "nothing": (lambda: b"", "begins with b''"),
}


def tree(root: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in root.rglob("*")
    }


@pytest.mark.parametrize("name", ZOO)
def test_hostile_archives_are_refused_and_leave_nothing(name, tmp_path):
    build, reason = ZOO[name]
    (tmp_path / "stage").mkdir()
    archive = tmp_path / "archive"
    archive.write_bytes(build())
    before = tree(tmp_path)
    with pytest.raises(UnsafeArchiveError, match=reason) as refused:
        unpack(archive, tmp_path / "stage" / "corpus", limits=TIGHT)
    assert "\n" not in str(refused.value)
    assert tree(tmp_path) == before
    assert not Path("/tmp/evil.wav").exists()


FILES = (("AudioData/DC/a01.wav", NOISE), ("AudioData/empty.txt", b""), ("./note é.txt", b"hello"))


@pytest.mark.parametrize(
    "archive",
    [
        zip_of(*FILES),
        zip_of(*FILES, method=zipfile.ZIP_DEFLATED),
        zip_of((entry("AudioData/", mode=stat.S_IFDIR), b""), *FILES),
        tar_of(*FILES),
        tar_of(*FILES, kind=tarfile.GNU_FORMAT),
        tar_of((tar_entry(tarfile.DIRTYPE, "./"), b""), *FILES),
        tar_of(*FILES, mode="w:gz"),
        tar_of(*FILES, mode="w:bz2"),
    ],
)
def test_honest_archives_are_unpacked(archive, tmp_path):
    (tmp_path / "archive").write_bytes(archive)
    assert unpack(tmp_path / "archive", tmp_path / "corpus") == 3
    assert tree(tmp_path / "corpus") == {
        "AudioData": None,
        "AudioData/DC": None,
        "AudioData/DC/a01.wav": NOISE,
        "AudioData/empty.txt": b"",
        "note é.txt": b"hello",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "corpus"]


def test_member_that_holds_more_than_it_claims_is_cut_off(tmp_path):
    endless = Member("a.wav", 1000, None, False, lambda: io.BytesIO(bytes(5_000_000)))
    with pytest.raises(
        UnsafeArchiveError, match=r"member 'a\.wav' holds more than the 1,000 bytes it claims"
    ):
        _write(tmp_path / "a.wav", endless)
    assert (tmp_path / "a.wav").stat().st_size == 1001


def test_modes_of_the_archive_are_not_taken_over(tmp_path):
    info = entry("a.wav", mode=stat.S_IFREG | stat.S_ISUID | 0o777)
    (tmp_path / "archive").write_bytes(zip_of((info, NOISE)))
    unpack(tmp_path / "archive", tmp_path / "corpus")
    assert stat.S_IMODE((tmp_path / "corpus" / "a.wav").stat().st_mode) & 0o7111 == 0


def test_existing_folder_is_not_unpacked_into(tmp_path):
    (tmp_path / "archive").write_bytes(zip_of(("a.wav", NOISE)))
    (tmp_path / "corpus").mkdir()
    with pytest.raises(FileExistsError):
        unpack(tmp_path / "archive", tmp_path / "corpus")


def test_full_disk_is_found_before_anything_is_written(tmp_path, monkeypatch):
    (tmp_path / "archive").write_bytes(zip_of(("a.wav", NOISE)))
    usage = transfer.shutil.disk_usage(tmp_path)._replace(free=1999)
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadError, match=r"archive needs 0\.0 MB in .* make room there"):
        unpack(tmp_path / "archive", tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_disk_that_fails_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "archive").write_bytes(zip_of(*FILES))
    calls = []

    def fails_the_second_time(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails_the_second_time)
    with pytest.raises(OSError, match="No space left on device"):
        unpack(tmp_path / "archive", tmp_path / "corpus")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(
    r"(\.\.?|[a-cA-C]{1,3}|C:|\\|/|é|\x00)(/(\.\.?|[a-c]{0,2}|\\\.\.)){0,5}", fullmatch=True
)


@settings(max_examples=150, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=4), kind=st.sampled_from(["zip", "tar"]))
def test_archives_of_any_names_stay_inside_or_are_refused(names, kind, tmp_path_factory):
    root = tmp_path_factory.mktemp("names")
    pack = zip_of if kind == "zip" else tar_of
    (root / "archive").write_bytes(pack(*((name, NOISE) for name in names)))
    try:
        unpacked = unpack(root / "archive", root / "corpus")
        assert unpacked == len(names)
    except UnsafeArchiveError:
        assert not (root / "corpus").exists()
    assert {path.name for path in root.iterdir()} <= {"archive", "corpus"}
    assert sum(path.is_file() for path in root.rglob("*")) in (1, len(names) + 1)


PACKED = [
    zip_of(*FILES, method=zipfile.ZIP_DEFLATED),
    tar_of(*FILES),
    tar_of(*FILES, mode="w:gz"),
    tar_of(*FILES, mode="w:bz2"),
]


@settings(max_examples=400, deadline=None)
@given(
    archive=st.sampled_from(PACKED),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
    data=st.data(),
)
def test_archives_with_flipped_bytes_are_unpacked_or_refused(archive, flips, data, tmp_path_factory):
    root = tmp_path_factory.mktemp("flips")
    damaged = bytearray(archive[: data.draw(st.integers(0, len(archive)))] if not flips else archive)
    for where, value in flips:
        damaged[int(where * len(damaged))] = value
    (root / "archive").write_bytes(damaged)
    with suppress(UnsafeArchiveError):
        unpack(root / "archive", root / "corpus", limits=TIGHT)
        (root / "corpus").rename(root / "unpacked")
    assert {path.name for path in root.iterdir()} <= {"archive", "unpacked"}
