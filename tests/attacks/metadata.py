"""Attacks on artifact.json and on the files that it lists."""

import json
import os
from pathlib import Path
from typing import Any

from ser_models.artifact.metadata import METADATA_FILE
from tests.attacks.base import PICKLE, Hostile, Spoil, edit, replaced


def _text(content: str) -> Spoil:
    return lambda folder: (folder / METADATA_FILE).write_text(content) and None


def _bytes(content: bytes) -> Spoil:
    return lambda folder: (folder / METADATA_FILE).write_bytes(content) and None


def _edit(**changes: Any) -> Spoil:
    return lambda folder: edit(folder, **changes)


def _with_file(name: str) -> Spoil:
    """List a file that is not inside the artifact."""

    def spoil(folder: Path) -> None:
        edit(folder, files={**json.loads((folder / METADATA_FILE).read_text())["files"], name: "0" * 64})

    return spoil


def _raw(field: str, value: str) -> Spoil:
    """Write a value that no JSON writer would."""

    def spoil(folder: Path) -> None:
        edit(folder, **{field: "PLACE"})
        text = (folder / METADATA_FILE).read_text()
        (folder / METADATA_FILE).write_text(text.replace('"PLACE"', value))

    return spoil


def _twice(folder: Path) -> None:
    text = (folder / METADATA_FILE).read_text()
    (folder / METADATA_FILE).write_text(text.rstrip().removesuffix("}") + ', "model": "mlp"}')


def _sparse(folder: Path) -> None:
    """A model that takes no space on disk and much memory to read."""
    os.truncate(folder / "model.npz", 300 * 2**20)


def _instead(make: Any) -> Spoil:
    """Put something that is no file in the place of the model."""

    def spoil(folder: Path) -> None:
        (folder / "model.npz").unlink()
        make(folder / "model.npz")

    return spoil


def _linked(folder: Path) -> None:
    (folder / "model.npz").unlink()
    (folder / "model.npz").symlink_to("scaler.npz")


def _pipe(folder: Path) -> None:
    (folder / METADATA_FILE).unlink()
    os.mkfifo(folder / METADATA_FILE)


def _appended(folder: Path) -> None:
    with (folder / "scaler.npz").open("ab") as file:
        file.write(b" ")


LONG = {"kind": "frames", "families": ["mel"], "length": 10**9, "corpus_level": []}

KINDS: dict[str, tuple[Spoil, str]] = {
    "metadata that is a pickle": (_bytes(PICKLE), "artifact.json is damaged"),
    "metadata of 2 MB": (_text(" " * 2**21 + "{}"), "has more than 1048576 bytes"),
    "metadata in UTF-16": (_bytes("{}".encode("utf-16")), "artifact.json is damaged"),
    "metadata of lists in lists": (_text("[" * 10**5), "nested too deeply"),
    "parameters in parameters": (_raw("parameters", '{"a":' * 300 + "1" + "}" * 300), "nested too deeply"),
    "metadata with a field twice": (_twice, "key 'model' occurs twice"),
    "NaN as seed": (_raw("seed", "NaN"), "it holds NaN, expected finite numbers"),
    "infinity as parameter": (_raw("parameters", '{"C": 1e999}'), "a number that is not finite"),
    "a number of 5000 digits": (_raw("seed", "9" * 5000), "artifact.json is damaged"),
    "metadata that is a list": (_text("[1, 2]"), "artifact.json is damaged"),
    "metadata that is a pipe": (_pipe, "no artifact at"),
    "an earlier format": (_edit(format=1), "was made by an earlier version of ser (format 1): train again"),
    "a format that is true": (_edit(format=True), "has format True, expected 2"),
    "another format": (_edit(format=99), "has format 99, expected 2"),
    "files as a list": (_edit(files=["model.npz"]), "files is ['model.npz'], expected a dict of str"),
    "a hash that is a number": (_edit(files={"model.npz": 1, "scaler.npz": 2}), "expected a dict of str"),
    "an unknown field": (_edit(**{"\x1b[2J": 1}), "artifact.json is damaged"),
    "a terminal's control characters": (_edit(protocol="\x1b]0;owned\x07"), "expected printable text"),
    "half a character": (_raw("datasets", r'["\ud800"]'), "expected printable text"),
    "datasets that are no names": (_edit(datasets=[{}]), "expected a list of str"),
    "labels of markup": (_edit(labels=["<script>", "sad"]), "expected different names"),
    "labels that are lists": (_edit(labels=[["sad"], ["angry"]]), "expected a list of str"),
    "classes merged into lists": (_edit(label_map={"calm": []}), "expected a dict of str"),
    "classes merged into none of them": (_edit(label_map={"calm": "happy"}), "expected labels as its values"),
    "no labels": (_edit(labels=[]), "expected different names"),
    "fewer labels than classes": (_edit(labels=["angry", "sad"]), "expected float64 of shape (40, 2)"),
    "a megabyte of labels": (_edit(labels=["x" * 10**6]), "expected different names"),
    "a file above the folder": (_with_file("../../secret"), "expected one inside the artifact"),
    "an absolute file": (_with_file("/etc/passwd"), "expected one inside the artifact"),
    "a file of another system": (_with_file("C:\\secret"), "expected one inside the artifact"),
    "a model that is a function": (_edit(model="os.system"), "unknown model 'os.system'"),
    "a parameter that is none": (_edit(parameters={"__class__": "os"}), "has no parameter __class__"),
    "a parameter of another type": (_edit(parameters={"C": [1]}), "expected a number above 0"),
    "a profile that is a path": (_edit(profile="../../etc/passwd"), "unknown profile"),
    "another digest": (_edit(digest="0" * 16), "was trained on features speech16k"),
    "frames for a terabyte": (
        _edit(model="cnn_lstm", parameters={"length": 10**9}, inputs=LONG),
        "inputs have 1000000000 frames, expected 1 to 65536",
    ),
    "a file of 300 MB": (_sparse, "has 314572800 bytes, expected at most 268435456"),
    "an altered file": (_appended, "was altered: its SHA-256 is not the one in artifact.json"),
    "a missing file": (lambda folder: (folder / "scaler.npz").unlink(), "lacks scaler.npz"),
    "a model that is a link to another": (_linked, "model.npz was altered"),
    "a model that is a folder": (_instead(Path.mkdir), "lacks model.npz"),
    "a model that is a pipe": (_instead(os.mkfifo), "lacks model.npz"),
    "a model that is a device": (_instead(lambda path: path.symlink_to("/dev/zero")), "lacks model.npz"),
    "a second model": (
        lambda folder: replaced("model.pkl", PICKLE)(folder) or edit(folder, files={}),
        "has no SHA-256",
    ),
}

METADATA = [Hostile(name, "logistic", spoil, says) for name, (spoil, says) in KINDS.items()]
