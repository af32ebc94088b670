"""Compare a recipe with its paper's baselines and with parts of itself switched off, on the same folds.

recipe, rows → `plan` of each → stores, one per profile → `train_row` of each, on one split → compare.json

    out/compare-<protocol>/rows/<name>/   row.json and predictions.parquet of a finished row
    out/compare-<protocol>/               compare.json, .csv and .html; with `-quick` after the name

The recipe's own row is the first; every other has the paired difference to it. A row on recordings that the
own row has too has its folds; a row on others has its own. No final models are trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ser_features.errors import InputError, MissingExtraError
from ser_features.manifest import Scan
from ser_features.store import Store
from ser_models.evaluation.comparison import ComparedRow, ComparedRows
from ser_models.evaluation.paired import paired_difference
from ser_models.experiments.compare_row import Folds, Outcome, Task, train_row
from ser_models.experiments.reproduce import Callbacks, Reproduction, fill_store, find_corpora
from ser_models.recipes.changes import changed, described
from ser_models.recipes.schema import Comparison, Recipe
from ser_models.reporting.report.comparison import numbers, write_page

OWN = "recipe"
"""Name of the row of the recipe itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A row before any audio is read.

    Attributes:
        row: as it is declared.
        recipe: the recipe of the row, as it is run; None if it cannot be run.
        scans: its corpora.
        missing: a sentence on each corpus that is missing.
        reason: why it cannot be run; None if it can.
    """

    row: Comparison
    recipe: Recipe | None = None
    scans: Mapping[str, Scan] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    reason: str | None = None


def compare(
    job: Reproduction, rows: Sequence[Comparison], callbacks: Callbacks | None = None
) -> ComparedRows:
    """Train the recipe and every row under the protocol of the job; finished rows are not trained again.

    Args:
        job: recipe, protocol, data and folder.
        rows: beside the recipe's own.
        callbacks: called with the progress.

    Returns:
        The rows, as in compare.json; those that cannot be run have the reason.

    Raises:
        InputError: if the recipe's own row cannot be run.
    """
    callbacks = callbacks or Callbacks()
    own = Comparison(name=OWN, system=job.recipe.title, claims=job.recipe.claims)
    first, *others = plans = [_plan(job, row) for row in (own, *rows)]
    if first.recipe is None:
        raise InputError(f"{first.reason}")
    stores = _fill_stores(job, plans, callbacks)
    outcome = _train(job, first, stores, None, callbacks)
    compared = [_described(job, first, outcome)]
    for number, plan in enumerate(others, 2):
        callbacks.stage(f"row {number} of {len(plans)}: {plan.row.name}")
        compared.append(_compared(job, plan, stores, outcome, callbacks))
    return _save(job, outcome, tuple(compared))


def _plan(job: Reproduction, row: Comparison) -> Plan:
    """Check a row and find its corpora."""
    if row.unavailable:
        return Plan(row, reason=row.unavailable)
    try:
        recipe = job.as_run(changed(job.changed, row.changes) if row.changes else job.changed)
        return Plan(row, recipe, *find_corpora(recipe, job.data))
    except (InputError, MissingExtraError) as error:
        return Plan(row, reason=str(error))


def _fill_stores(job: Reproduction, plans: Sequence[Plan], callbacks: Callbacks) -> dict[str, Store]:
    """Bring the store of each profile up to date."""
    stores = {}
    for profile in dict.fromkeys(plan.recipe.profile for plan in plans if plan.recipe):
        own = [plan for plan in plans if plan.recipe and plan.recipe.profile == profile]
        scans = {name: scan for plan in own for name, scan in plan.scans.items()}
        stores[profile] = fill_store(job, [plan.recipe for plan in own if plan.recipe], scans, callbacks)
    return stores


def _compared(
    job: Reproduction, plan: Plan, stores: Mapping[str, Store], own: Outcome, callbacks: Callbacks
) -> ComparedRow:
    """Train a row and compare it with the recipe's own; or give the reason why it cannot be run."""
    if plan.recipe is None:
        return _described(job, plan, None)
    try:
        outcome = _train(job, plan, stores, own.folds, callbacks)
    except InputError as error:
        return _described(job, replace(plan, reason=str(error)), None)
    labels = own.folds.examples.labels
    shared = labels == outcome.folds.examples.labels
    tables = outcome.predictions, own.predictions
    difference = paired_difference(*tables, labels, seed=job.seed) if shared else None
    return replace(_described(job, plan, outcome), difference=difference)


def _train(
    job: Reproduction,
    plan: Plan,
    stores: Mapping[str, Store],
    folds: Folds | None,
    callbacks: Callbacks,
) -> Outcome:
    assert plan.recipe is not None, "plans without a recipe are not trained"
    folder = folder_of(job) / "rows" / plan.row.name
    folder.mkdir(parents=True, exist_ok=True)
    datasets = tuple(scan.dataset for scan in plan.scans.values())
    task = Task(job, plan.recipe, stores[plan.recipe.profile], datasets, folder)
    return train_row(task, folds, callbacks)


def _described(job: Reproduction, plan: Plan, outcome: Outcome | None) -> ComparedRow:
    """The row with its result, if there is one."""
    row = plan.row
    return ComparedRow(
        name=row.name,
        system=row.system,
        source=row.source,
        claims=row.claims,
        changes=tuple(described(job.changed, row.changes)),
        notes=(*([row.note] if row.note else []), *plan.missing, *(outcome.notes if outcome else ())),
        measured=outcome.measured if outcome else None,
        reason=plan.reason,
    )


def folder_of(job: Reproduction) -> Path:
    """Folder of a comparison."""
    return job.out / f"compare-{job.artifact.name}"


def _save(job: Reproduction, own: Outcome, rows: tuple[ComparedRow, ...]) -> ComparedRows:
    """Write the comparison as JSON, CSV and HTML."""
    recordings = own.folds.examples.originals
    compared = ComparedRows(
        recipe=job.recipe.name,
        protocol=job.protocol,
        split=own.folds.split.protocol,
        rows=rows,
        classes=len(recordings.labels),
        title=job.recipe.title,
        quick=job.quick_note,
        notes=tuple(described(job.recipe, job.changes)),
        seed=job.seed,
        command=job.command,
        date=datetime.now(UTC).date().isoformat(),
        fingerprint=recordings.fingerprint,
        files=recordings.rows["dataset"].value_counts().sort_index().to_dict(),
    )
    folder = folder_of(job)
    (folder / "compare.json").write_text(compared.to_json() + "\n", encoding="utf-8")
    numbers(compared).to_csv(folder / "compare.csv", index=False)
    write_page(folder / "compare.html", compared)
    return compared
