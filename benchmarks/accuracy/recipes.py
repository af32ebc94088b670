"""The published systems under their own protocol and under a speaker-independent one: docs/results.md.

    python -m benchmarks.accuracy.recipes run --quick               # every recipe, both protocols
    python -m benchmarks.accuracy.recipes run fusion_cnn_bilstm     # one of them, in full
    python -m benchmarks.accuracy.recipes run --compare --quick     # their papers' comparisons
    python -m benchmarks.accuracy.recipes table                     # writes docs/results.md

`run` calls `ser reproduce` for each and stores the results in docs/results/; stored results are not computed
again unless --again is given. `table` writes them between the markers of docs/results.md.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy.common import RESULTS, markdown
from benchmarks.accuracy.stored_runs import comparison_path_of, path_of, store_run
from benchmarks.options import DATA
from benchmarks.pages import write_between
from ser_models.experiments.reproduce import artifact_folder
from ser_models.recipes import names
from ser_models.recipes.read import load
from ser_models.recipes.schema import PROTOCOLS

ROOT = Path(__file__).parents[2]
SER = Path(sys.executable).with_name("ser")
PAGE = ROOT / "docs" / "results.md"
ARTIFACTS = Path("artifacts")
"""Default of `ser reproduce`."""
BEGIN, END = "<!-- table: written by benchmarks/accuracy/recipes.py -->", "<!-- end of the table -->"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="reproduce recipes")
    run.add_argument("recipes", nargs="*", default=names(), help="default: all")
    run.add_argument("--data", type=Path, default=DATA)
    run.add_argument("--out", type=Path, default=ARTIFACTS)
    run.add_argument("--protocols", nargs="+", choices=PROTOCOLS, default=PROTOCOLS)
    run.add_argument("--quick", action="store_true")
    run.add_argument("--compare", action="store_true", help="the comparisons of the recipes instead")
    run.add_argument("--again", action="store_true", help="also recipes with stored results")
    run.set_defaults(do=lambda options: reproduce_all(options))
    table = commands.add_parser("table", help="write the table of docs/results.md")
    table.set_defaults(do=lambda options: write_table())
    options = parser.parse_args()
    options.do(options)


def reproduce_all(options: argparse.Namespace) -> None:
    """Run the recipes without stored results, and store each result."""
    chosen = [name for name in options.recipes if load(name).comparisons or not options.compare]
    for name in chosen:
        for protocol in options.protocols:
            path = comparison_path_of if options.compare else path_of
            kept = path(name, protocol, quick=options.quick)
            if kept.exists() and not options.again:
                print(f"{kept.name}: stored already")
                continue
            command = ["reproduce", name, "--protocol", protocol, *(["--quick"] if options.quick else [])]
            if options.compare:
                command.append("--compare")
            if options.data != DATA:  # which ser finds itself
                command += ["--data", str(options.data)]
            if options.out != ARTIFACTS:
                command += ["--out", str(options.out / name)]
            print(f"ser {shlex.join(command)}", flush=True)
            began = time.monotonic()
            subprocess.run([SER, *command], stdout=subprocess.DEVNULL, check=True)
            artifact = artifact_folder(options.out / name, protocol, options.quick)
            if options.compare:
                shutil.copyfile(artifact.with_name(f"compare-{artifact.name}") / "compare.json", kept)
            else:
                store_run(kept, artifact, protocol)
            print(f"{time.monotonic() - began:.0f} s → {kept.name}", flush=True)


def write_table() -> None:
    """Write the stored results between the markers of the page."""
    stored = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json")))
    results = [result for result in stored if "under" in result]
    write_between(PAGE, BEGIN, END, table_of(results))


def table_of(results: Sequence[dict[str, Any]]) -> str:
    """Gap of every system, then each run with the data to reproduce it, as Markdown."""
    ordered = sorted(results, key=lambda result: bool(result["quick"]))
    runs = {(result["recipe"], result["under"]): result for result in ordered}
    gaps = [
        _gap_row(name, *(runs[name, protocol] for protocol in PROTOCOLS))
        for name in names()
        if all((name, protocol) in runs for protocol in PROTOCOLS)
    ]
    header = [
        "recipe",
        "paper's claim",
        "accuracy, paper protocol",
        "accuracy, honest",
        "UAR, paper protocol",
        "UAR, honest [95 %]",
        "gap in UAR",
    ]
    columns = ["run", "files", "tested", "leaks found", "reduced", "seed", "data", "date", "command"]
    return f"{markdown(header, gaps)}\n\n{markdown(columns, map(_detail_row, runs.values()))}"


def _gap_row(name: str, paper: dict[str, Any], honest: dict[str, Any]) -> list[str]:
    claim = load(name).claims.accuracy
    low, high = honest["uar_ci95"]
    return [
        f"`{name}`",
        "none" if claim is None else f"{claim:.3f}",
        f"{paper['accuracy']:.3f}",
        f"{honest['accuracy']:.3f}",
        f"{paper['uar']:.3f}",
        f"{honest['uar']:.3f} [{low:.3f}, {high:.3f}]",
        f"{100 * (paper['uar'] - honest['uar']):+.1f} points",
    ]


def _detail_row(result: dict[str, Any]) -> list[str]:
    kinds = ", ".join(dict.fromkeys(finding["kind"] for finding in result["leakage"])) or "none"
    return [
        f"`{result['recipe']}`, {result['under']}",
        ", ".join(f"{name} {count:,}" for name, count in result["files"].items()),
        f"{result['n']:,}",
        kinds,
        (result["quick"] or "no").removeprefix("quick run: "),
        str(result["seed"]),
        f"`{result['fingerprint']}`",
        result["date"],
        f"`{result['command']}`",
    ]


if __name__ == "__main__":
    main()
