"""The published systems under their own protocol and under a speaker-independent one: docs/results.md.

    python -m benchmarks.accuracy.recipes run --quick               # every recipe, both protocols
    python -m benchmarks.accuracy.recipes run fusion_cnn_bilstm     # one of them, in full
    python -m benchmarks.accuracy.recipes run attention_cnn_bilstm --quick --seeds 0 1 2
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
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from benchmarks.accuracy.common import RESULTS, markdown
from benchmarks.accuracy.recipe_cost import read_costs
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
    run.add_argument("--seeds", nargs="+", type=int, default=[0], help="of split and training; default: 0")
    run.add_argument("--again", action="store_true", help="also recipes with stored results")
    run.set_defaults(do=lambda options: reproduce_all(options))
    table = commands.add_parser("table", help="write the table of docs/results.md")
    table.set_defaults(do=lambda options: write_table())
    options = parser.parse_args()
    options.do(options)


def reproduce_all(options: argparse.Namespace) -> None:
    """Run the recipes without stored results, and store each result."""
    chosen = [name for name in options.recipes if load(name).comparisons or not options.compare]
    path = comparison_path_of if options.compare else path_of
    for name, seed, protocol in product(chosen, options.seeds, options.protocols):
        kept = path(name, protocol, quick=options.quick, seed=seed)
        if kept.exists() and not options.again:
            print(f"{kept.name}: stored already")
            continue
        command = _command(options, name, protocol, seed)
        print(f"ser {shlex.join(command)}", flush=True)
        began = time.monotonic()
        subprocess.run([SER, *command], stdout=subprocess.DEVNULL, check=True)
        artifact = artifact_folder(options.out / name, protocol, options.quick)
        if options.compare:
            shutil.copyfile(artifact.with_name(f"compare-{artifact.name}") / "compare.json", kept)
        else:
            store_run(kept, artifact, protocol)
        print(f"{time.monotonic() - began:.0f} s → {kept.name}", flush=True)


def _command(options: argparse.Namespace, name: str, protocol: str, seed: int) -> list[str]:
    """Words after `ser`."""
    command = ["reproduce", name, "--protocol", protocol]
    command += ["--quick"] if options.quick else []
    command += ["--compare"] if options.compare else []
    command += ["--seed", str(seed)] if seed else []
    if options.data != DATA:  # which ser finds itself
        command += ["--data", str(options.data)]
    if options.out != ARTIFACTS:
        command += ["--out", str(options.out / name)]
    return command


def write_table() -> None:
    """Write the stored results between the markers of the page."""
    stored = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json")))
    results = [result for result in stored if "under" in result]
    write_between(PAGE, BEGIN, END, table_of(results))


def table_of(results: Sequence[dict[str, Any]]) -> str:
    """Gap of every system, spread over seeds, then each run with the data to reproduce it, as Markdown."""
    runs = {(one["recipe"], one["under"], bool(one["quick"])): one for one in results if not one["seed"]}
    compared: dict[str, list[dict[str, Any]]] = {}
    for name, reduced in product(names(), (True, False)):  # the whole runs replace the reduced ones
        pair = [runs.get((name, protocol, reduced)) for protocol in PROTOCOLS]
        if all(pair):
            compared[name] = [one for one in pair if one]
    gaps = [_gap_row(name, *pair) for name, pair in compared.items()]
    header = [
        "recipe",
        "paper's claim",
        "accuracy, paper protocol",
        "accuracy, honest",
        "UAR, paper protocol",
        "UAR, honest [95 %]",
        "gap in UAR",
    ]
    columns = [
        "run",
        "files",
        "tested",
        "leaks found",
        "reduced",
        "whole run",
        "seed",
        "data",
        "date",
        "command",
    ]
    costs = read_costs()
    shown = [one for one in runs.values() if not one["quick"] or one in compared[one["recipe"]]]
    shown.sort(key=lambda one: (bool(one["quick"]), one["recipe"], one["under"]))
    details = [_detail_row(result, costs.get(result["recipe"])) for result in shown]
    tables = [markdown(header, gaps), markdown(columns, details)]
    if spread := _spread_rows(results):
        tables.insert(1, markdown(["run", "seeds", "reduced", "accuracy ± sd", "UAR ± sd", "UARs"], spread))
    return "\n\n".join(tables)


def _spread_rows(results: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Mean and standard deviation of each run that has several seeds."""
    runs: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for result in sorted(results, key=lambda one: one["seed"]):
        runs[result["recipe"], result["under"], result["quick"] or "no"].append(result)
    return [
        [
            f"`{recipe}`, {protocol}",
            ", ".join(str(one["seed"]) for one in own),
            quick.removeprefix("quick run: "),
            *(_spread([one[metric] for one in own]) for metric in ("accuracy", "uar")),
            ", ".join(f"{one['uar']:.3f}" for one in own),
        ]
        for (recipe, protocol, quick), own in runs.items()
        if len(own) > 1
    ]


def _spread(values: Sequence[float]) -> str:
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


def _gap_row(name: str, paper: dict[str, Any], honest: dict[str, Any]) -> list[str]:
    claim = load(name).claims.accuracy
    low, high = honest["uar_ci95"]
    return [
        f"`{name}`{', reduced' if paper['quick'] else ''}",
        "none" if claim is None else f"{claim:.3f}",
        f"{paper['accuracy']:.3f}",
        f"{honest['accuracy']:.3f}",
        f"{paper['uar']:.3f}",
        f"{honest['uar']:.3f} [{low:.3f}, {high:.3f}]",
        f"{100 * (paper['uar'] - honest['uar']):+.1f} points",
    ]


def _detail_row(result: dict[str, Any], cost: dict[str, Any] | None) -> list[str]:
    kinds = ", ".join(dict.fromkeys(finding["kind"] for finding in result["leakage"])) or "none"
    return [
        f"`{result['recipe']}`, {result['under']}",
        ", ".join(f"{name} {count:,}" for name, count in result["files"].items()),
        f"{result['n']:,}",
        kinds,
        (result["quick"] or "no").removeprefix("quick run: "),
        f"≤ {cost['cpu_hours'][result['under']]:,.1f} core-hours" if result["quick"] and cost else "",
        str(result["seed"]),
        f"`{result['fingerprint']}`",
        result["date"],
        f"`{result['command']}`",
    ]


if __name__ == "__main__":
    main()
