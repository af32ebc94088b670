"""The page of a publication, from a template that follows the publication's order.

<name>.md.jinja → `Page` (what the template calls) → Markdown, figures → docs/papers/<name>.md, *.png

A template calls the methods of `Page` with the name of a recipe: a publication may have several.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from benchmarks.accuracy.common import DOCS, markdown
from benchmarks.accuracy.papers import extraction, layers
from benchmarks.accuracy.papers.images import IMAGES, shrink
from benchmarks.accuracy.papers.recordings import FIGURES as RECORDING_FIGURES
from benchmarks.accuracy.stored_runs import StoredRun, stored_comparisons, stored_runs
from ser_features import corpora
from ser_models.evaluation.comparison import ComparedRows
from ser_models.recipes.read import load
from ser_models.recipes.schema import PROTOCOLS
from ser_models.reporting.figures.distribution import ClassCounts, count_panels
from ser_models.reporting.figures.picture import Drawing, Picture, subtitle
from ser_models.reporting.figures.results import FIGURES, Run
from ser_models.reporting.report import claimed, comparison
from ser_models.reporting.report.text import Table
from ser_models.reporting.text import percent, sentence

TEMPLATES = Path(__file__).parent
PAGES = DOCS / "papers"
MISSING = "is missing: the paper used it"
"""End of the note on a corpus that a run could not use."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a template calls. Tables and images are returned as Markdown.

    Attributes:
        drawings: what the page shows, by the name of its file; filled while a template is rendered.
    """

    drawings: dict[str, Drawing] = field(default_factory=dict)

    def source(self, recipe: str) -> str:
        """The publication of a recipe."""
        return load(recipe).source

    def runs(self, recipe: str) -> str:
        """What was run: recordings, reduction, leaks and command of each protocol, and what is missing."""
        header = ["run", "recordings", "tested", "leaks found", "reduced", "seed", "date", "command"]
        table = markdown(header, [_run_cells(recipe, protocol) for protocol in PROTOCOLS])
        notes = {note for run in stored_runs(recipe).values() for note in run.result.notes if MISSING in note}
        return "\n\n".join([table, *map(sentence, sorted(notes))])

    def overall(self, recipe: str) -> str:
        """Metrics of all test recordings beside the publication's."""
        return self._beside(recipe, claimed.overall)

    def training(self, recipe: str) -> str:
        """Course of the training beside the publication's."""
        return self._beside(recipe, claimed.training)

    def emotions(self, recipe: str) -> str:
        """Metrics of each emotion beside the publication's."""
        return self._beside(recipe, claimed.emotions)

    def losses(self, recipe: str) -> str:
        """Losses after a second softmax beside the publication's, with the explanation."""
        return f"{claimed.SECOND_SOFTMAX}\n\n{self._beside(recipe, claimed.losses)}"

    def figure(self, recipe: str, kind: str) -> str:
        """A figure of each run, and the command that draws it; `kind` is a name in `FIGURES`."""
        parts = []
        for protocol, run in stored_runs(recipe).items():
            picture = FIGURES[kind](Run(run.result, run.history, load(recipe).claims))
            if picture is None:
                continue
            drawing = Drawing(picture, subtitle(run.result))
            text = f"{picture.title}, {protocol} protocol"
            command = f"ser plot {kind} {_artifact(recipe, run)}"
            parts.append(self._image(recipe, drawing, f"{protocol}_{picture.name}", text, command))
        return "\n\n".join(parts) or _not_stored(recipe)

    def counts(self, recipe: str) -> str:
        """Recordings of each corpus and emotion that are used here, and the size of the complete corpus."""
        run = _any_run(recipe)
        if run is None:
            return _not_stored(recipe)
        classes = load(recipe).classes
        rows = [
            [
                name,
                *(f"{run.counts.get(name, {}).get(label, 0):,}" for label in classes),
                f"{run.result.files.get(name, 0):,}",
                f"{corpora.get(name).whole:,}",
            ]
            for name in load(recipe).datasets
        ]
        return markdown(["used here", *classes, "all", "complete corpus"], rows)

    def count_figure(self, recipe: str, *, pie: bool = False) -> str:
        """The same as bars or pies, with the augmented copies of the recipe."""
        run = _any_run(recipe)
        if run is None:
            return _not_stored(recipe)
        copies = len((load(recipe).reduced() if run.result.quick else load(recipe)).variants)
        panels = [
            ClassCounts(name, counts, {label: copies * n for label, n in counts.items()} if copies else {})
            for name, counts in run.counts.items()
        ]
        picture = Picture("counts", "Recordings of each emotion", tuple(count_panels(panels, pie=pie)), 2)
        command = f"ser plot counts --store artifacts/{recipe}/store{' --pie' if pie else ''}"
        caption = f"With {copies} augmented copies of each." if copies else "Without augmented copies."
        return self._image(recipe, Drawing(picture, [caption]), "counts", picture.title, command)

    def recording(self, name: str) -> str:
        """A figure of a single recording, which `recordings.draw` has drawn."""
        figure = RECORDING_FIGURES[name]
        return f"![{figure.text}](../images/papers/{name}.png)\n\n`{figure.command}`"

    def comparisons(self, recipe: str) -> str:
        """The rows of the publication's comparisons: results of the stored ones, else those to be trained."""
        if compared := stored_comparisons(recipe):
            return "\n\n".join(map(_comparison, compared))
        rows = [
            [row.name, row.system, row.source or "–", percent(row.claims.accuracy, 2), row.unavailable or ""]
            for row in load(recipe).comparisons
        ]
        columns = ["row", "in the paper", "source", "accuracy in the paper", "not run, because"]
        command = f"`ser reproduce {recipe} --compare`"
        return f"{markdown(columns, rows)}\n\nNo result of these rows is stored; {command} trains them."

    def extraction(self, recipe: str) -> str:
        """Duration of the feature extraction beside that of the publication."""
        claim, ours = load(recipe).claims.extraction, extraction.stored(recipe)
        rows = [["paper", f"{claim.files:,}", *_durations(claim.files, claim.seconds)]] if claim else []
        if ours:
            name = f"ours, one core, profile `{ours.profile}`, {ours.date}"
            rows.append([name, f"{ours.files:,}", *_durations(ours.files, ours.seconds)])
        return markdown(["extraction", "files", "seconds", "files per second"], rows)

    def layers(self, recipe: str) -> str:
        """Layers of a recipe's network with their parameters."""
        command = f"`ser models show {load(recipe).model['name']} --layers --recipe {recipe}`"
        summary = layers.stored(recipe)
        return f"{layers.table(summary)}\n\n{command}" if summary else command

    def variants(self, recipe: str) -> str:
        """The augmented copies of a recipe with their parameters."""
        rows = [
            [
                f"`{table['name']}`",
                f"`{table['transform']}`",
                ", ".join(
                    f"{key} {value}" for key, value in table.items() if key not in ("name", "transform")
                ),
            ]
            for table in load(recipe).variants
        ]
        return markdown(["copy", "transform", "parameters"], rows)

    def choices(self, recipe: str) -> str:
        """What the publication leaves open, and how it is settled."""
        return "\n".join(f"- {choice.sentence}" for choice in load(recipe).choices)

    def _image(self, recipe: str, drawing: Drawing, name: str, text: str, command: str) -> str:
        """Keep a drawing for its file, and return the image with the command below it."""
        file = f"{recipe}_{name}.png"
        self.drawings[file] = drawing
        return f"![{text}](../images/papers/{file})\n\n`{command}`"

    def _beside(self, recipe: str, make: Callable[..., Table]) -> str:
        runs = stored_runs(recipe)
        results = {f"ours, {protocol} protocol": run.result for protocol, run in runs.items()}
        table = make(load(recipe).claims, results)
        commands = ", ".join(f"`{_command(recipe, run)}`" for run in runs.values())
        return f"{markdown(table.columns, table.rows)}\n\n{commands or _not_stored(recipe)}"


def names() -> list[str]:
    """Names of the pages."""
    return sorted(path.name.removesuffix(".md.jinja") for path in TEMPLATES.glob("*.md.jinja"))


def render(name: str) -> tuple[str, dict[str, Drawing]]:
    """Return the Markdown of a page, and its figures by the name of the file."""
    page = Page()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    text = environment.get_template(f"{name}.md.jinja").render(paper=page)
    return text, page.drawings


def write(name: str) -> Path:
    """Write a page and its figures, and return its path."""
    text, drawings = render(name)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for file, drawing in drawings.items():
        shrink(drawing.save(IMAGES / file, force=True))
    PAGES.mkdir(exist_ok=True)
    path = PAGES / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def _comparison(compared: ComparedRows) -> str:
    """Results of a comparison, what each row is, and the command."""
    tables = [comparison.results(compared), comparison.descriptions(compared)]
    quick = " --quick" if compared.quick else ""
    return "\n\n".join(
        [
            f"Under the {compared.protocol} protocol, {compared.split}; {compared.quick or 'full run'}:",
            *(markdown(table.columns, table.rows) for table in tables),
            f"`ser reproduce {compared.recipe} --protocol {compared.protocol} --compare{quick}`",
        ]
    )


def _run_cells(recipe: str, protocol: str) -> list[str]:
    run = stored_runs(recipe).get(protocol)
    if run is None:
        return [protocol, *["–"] * 6, f"`ser reproduce {recipe} --protocol {protocol}`"]
    result = run.result
    kinds = ", ".join(dict.fromkeys(finding.kind for finding in result.leakage)) or "none"
    return [
        protocol,
        ", ".join(f"{name} {count:,}" for name, count in result.files.items()),
        f"{result.n:,}",
        kinds,
        (result.quick or "no").removeprefix("quick run: "),
        str(result.seed),
        result.date,
        f"`{_command(recipe, run)}`",
    ]


def _any_run(recipe: str) -> StoredRun | None:
    """The run with the most recordings among the stored ones."""
    return max(stored_runs(recipe).values(), key=lambda run: sum(run.result.files.values()), default=None)


def _command(recipe: str, run: StoredRun) -> str:
    quick = " --quick" if run.result.quick else ""
    return f"ser reproduce {recipe} --protocol {run.protocol}{quick}"


def _artifact(recipe: str, run: StoredRun) -> str:
    return f"artifacts/{recipe}/{run.protocol}{'-quick' if run.result.quick else ''}"


def _durations(files: int, seconds: float) -> list[str]:
    return [f"{seconds:,.0f}", f"{files / seconds:.2f}"]


def _not_stored(recipe: str) -> str:
    return f"No run of `{recipe}` is stored; `python -m benchmarks.accuracy.recipes run {recipe}` stores one."
