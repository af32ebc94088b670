"""Kernels → object code for this processor, by Numba and LLVM; only the process that compiles imports this.

`KERNELS` → Numba → one LLVM module → optimised for the processor → object code, which needs neither
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba import cfunc, types

from ser_features.files import replacing
from ser_features.voice.kernels.candidates import candidates, powers, windows
from ser_features.voice.kernels.levels import levels
from ser_features.voice.kernels.path import path
from ser_features.voice.kernels.perturbation import jitter, shimmer
from ser_features.voice.kernels.pulses import pulses
from ser_features.voice.kernels.rolloff import rolloff
from ser_features.voice.kernels.tempo import onsets, products
from ser_features.voice.library import packed, target_machine
from ser_features.voice.pointers import codes_of

KERNELS: tuple[Callable[..., Any], ...] = (
    windows,
    powers,
    candidates,
    path,
    pulses,
    jitter,
    shimmer,
    levels,
    rolloff,
    onsets,
    products,
)

INSTRUCTIONS = {"sqrt"}
"""Functions of the system's library that LLVM replaces by an instruction of the processor."""


def signatures() -> dict[str, list[str]]:
    """Types of arguments and result by kernel, as `codes_of`."""
    return {kernel.__name__: codes_of(kernel) for kernel in KERNELS}


def object_code() -> bytes:
    """Compile the kernels; it takes several seconds.

    Raises:
        RuntimeError: if a kernel needs functions that are not compiled with it.
    """
    module = llvm.parse_assembly("")
    for kernel in KERNELS:
        module.link_in(_compiled(kernel))
    machine = target_machine()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    _check(module)
    code: bytes = machine.emit_object(module)
    return code


def _compiled(kernel: Callable[..., Any]) -> Any:
    """LLVM module of a kernel that exports nothing but the kernel, by its name."""
    *arguments, result = (_numba_type(code) for code in codes_of(kernel))
    function = cfunc(result(*arguments), error_model="numpy")(kernel)
    module = llvm.parse_assembly(function.inspect_llvm())
    for one in [*module.functions, *module.global_variables]:
        if one.name == function.native_name:
            one.name = kernel.__name__
        elif not one.is_declaration:
            one.linkage = "internal"
    return module


def _numba_type(code: str) -> Any:
    """Numba's type of that name."""
    kind = getattr(types, code.rstrip("*"))
    return types.CPointer(kind) if code.endswith("*") else kind


def _check(module: Any) -> None:
    """Refuse a module that calls another library."""
    declared = {one.name for one in module.functions if one.is_declaration}
    foreign = sorted(name for name in declared - INSTRUCTIONS if not name.startswith("llvm."))
    if foreign:
        raise RuntimeError(f"kernels call {', '.join(foreign)}, expected only what is compiled with them")


if __name__ == "__main__":
    with replacing(Path(sys.argv[1])) as compiled:
        compiled.write(packed(object_code(), signatures()))
