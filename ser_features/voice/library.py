"""Object code of the kernels → Python functions; compiled at most once per processor and version.

`library` → file in the cache, or `python -m ser_features.voice.build` under a lock → LLVM → `Library`

Loading takes milliseconds and needs LLVM alone. Numba's own cache is not used: processes that compile at once
may damage it. Here one process compiles while the others wait, the file appears by one rename, and a file
whose checksum is wrong is compiled anew.
"""

import ctypes
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ser_features.caches import own_cache
from ser_features.errors import NotCompiledError
from ser_features.files import fcntl, has_locks

ROOT = Path(__file__).parents[2]
"""Folder that `ser_features` is imported from."""

SOURCES = ("build.py", "pointers.py", "tables.py", "kernels/*.py")
"""Files that the object code depends on, relative to this package."""

Signatures = dict[str, list[str]]
"""Types of arguments and result by kernel, as `pointers.codes_of`."""


class Library:
    """The compiled kernels as attributes, by name; each takes arrays and numbers.

    A call with an array of another type, or one that is not contiguous, raises `ctypes.ArgumentError`.
    """

    windows: Callable[..., int]
    powers: Callable[..., None]
    candidates: Callable[..., None]
    path: Callable[..., None]
    pulses: Callable[..., int]
    jitter: Callable[..., float]
    shimmer: Callable[..., float]
    levels: Callable[..., None]
    rolloff: Callable[..., None]
    onsets: Callable[..., None]
    products: Callable[..., None]

    def __init__(self, code: bytes, signatures: Signatures) -> None:
        """Load object code.

        Args:
            code: as `build.object_code` returns.
            signatures: of its functions.
        """
        import llvmlite.binding as llvm

        # The kernels fill memory; nothing else of the system's libraries is called.
        llvm.add_symbol("memset", ctypes.cast(ctypes.memset, ctypes.c_void_p).value)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        for name, (*arguments, result) in signatures.items():
            kind = ctypes.CFUNCTYPE(_ctypes_type(result), *map(_ctypes_type, arguments))
            setattr(self, name, kind(self._engine.get_function_address(name)))


def target_machine() -> Any:
    """LLVM's machine that compiles for this processor, and loads what was compiled for it."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
        jit=True,
    )


def library() -> Library:
    """The kernels, from the cache; compiled first if this processor or version has none there.

    Raises:
        NotCompiledError: if they cannot be compiled or kept, as where Numba is not installed; a process tries
            once.
    """
    loaded = _library()
    if isinstance(loaded, NotCompiledError):
        raise loaded
    return loaded


@lru_cache(maxsize=1)
def _library() -> Library | NotCompiledError:
    try:
        path = own_cache("voice") / f"{_key()}.kernels"
        content = _read(path)
        if content is None:
            with _locked(path.with_suffix(".lock")):
                content = _read(path) or _compiled(path)  # another process may have compiled meanwhile
        return Library(*content)
    except (ImportError, OSError, RuntimeError) as error:  # LLVM raises RuntimeError
        return NotCompiledError(
            f"voice analysis not compiled: {error}: expected Numba and a cache folder: pip install numba, or "
            "use a profile with Praat's"
        )


def packed(code: bytes, signatures: Signatures) -> bytes:
    """Content of a cached file: a line of JSON with checksum and signatures, then the object code."""
    header = {"sha256": hashlib.sha256(code).hexdigest(), "signatures": signatures}
    return json.dumps(header).encode() + b"\n" + code


def _read(path: Path) -> tuple[bytes, Signatures] | None:
    """Object code and signatures; None if there is no file, or it is damaged."""
    try:
        header, _, code = path.read_bytes().partition(b"\n")
        content = json.loads(header)
        if content["sha256"] == hashlib.sha256(code).hexdigest():
            return code, content["signatures"]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        pass
    return None


def _compiled(path: Path) -> tuple[bytes, Signatures]:
    """Compile in a process of its own, which leaves nothing of Numba in this one.

    Raises:
        OSError: if that fails.
    """
    # Only this package's folder, not the working folder, is searched before the installed packages.
    command = [sys.executable, "-P", "-m", "ser_features.voice.build", str(path)]
    searched = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(searched)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    loaded = _read(path)
    if loaded is None:
        raise OSError(*done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"])
    return loaded


def _key() -> str:
    """Of the sources, the compilers' versions and the processor; 16 hexadecimal digits.

    Raises:
        ImportError: if Numba or LLVM is not installed.
    """
    compilers = [version("numba"), version("llvmlite")]
    machine = target_machine()
    digest = hashlib.sha256("\n".join([*compilers, machine.triple, _processor()]).encode())
    for pattern in SOURCES:
        for source in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _processor() -> str:
    """Name of the processor and its instruction sets."""
    import llvmlite.binding as llvm

    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait until no other process has the lock; the system releases it when a process dies.

    Where there are no locks, several processes may compile; each file still appears by one rename.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        if has_locks(file.fileno()):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _ctypes_type(code: str) -> Any:
    """The type that `pointers.CODES` calls `code`."""
    if code == "void":
        return None
    kind = np.dtype(code.rstrip("*"))
    return _Pointer(kind) if code.endswith("*") else np.ctypeslib.as_ctypes_type(kind)


_MEMORY = ctypes.c_char * 0
"""Bytes that begin where an array does, however many."""


class _Pointer:
    """Type of an argument: the memory of a contiguous array, in a tenth of the time of `ndpointer`."""

    def __init__(self, kind: np.dtype) -> None:
        """Take the type of the array's elements."""
        self._kind = kind

    def from_param(self, array: np.ndarray) -> ctypes.Array[ctypes.c_char]:
        """What ctypes passes for an array.

        Raises:
            TypeError: if it is of another type or not contiguous; ctypes makes an `ArgumentError` of that.
        """
        if array.dtype != self._kind or not array.flags.c_contiguous:
            raise TypeError(f"array of {array.dtype}, expected a contiguous one of {self._kind}")
        return _MEMORY.from_buffer(array)  # type: ignore[arg-type]  # a buffer by its stubs for Python 3.12
