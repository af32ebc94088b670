"""Plain technical English in source, help and documents, and none of the names that were replaced."""

import ast
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]
PHRASES = re.compile(
    r"\b(?:told|foretold|tells? of|tells? apart|hears?|heard|unheard|hearing voices|in vain|rid of|by lot|"
    r"(?:has|have) (?:not )?met|take[sn]? turns?|says? nothing of|how sure|thrown dice|clean bill|hangs? on|"
    r"voices? (?:is|are) taken|takes? \w+ voices? out|who does the work|"
    r"in good order|nobody|somebody|whoever|strangers?|so many folds|as (?:sure|often) as|"
    r"worth a word|what comes next|goes on from there|what it goes by|goes by\b|one's own|"
    r"is asked for|were asked of|what is (?:said|kept|known|taken|asked|there|in the way)|"
    r"to be had|speaks? again|by a hair|at hand)\b",
    re.IGNORECASE,
)
"""Figures of speech in place of technical terms."""

VARIABLES = frozenset(
    ["found", "told", "said", "place", "known", "taken", "asked", "wanted", "learned", "watched", "each"]
)
"""Names of variables that do not say what they hold."""

OLD_NAMES = re.compile(
    r"\b(?:svm_rbf|svm_ssl|row_share|column_share|acted_probability|interval_over|shipped_fold|tempered|"
    r"leakage\.Fitted|Recogniser|SPEED_COPIES|answer_into|hear_all|safe_io\.untrusted|conduct\(|"
    r"class (?:Trial|Turn|Card|Journal|Kept|Streamed|Repeated|Listener|Hearing|Known|Fitted|Portable)|"
    r"ser_models\.(?:reference|figures|portable|framing|adaptation|trial|experiment|fitted|source|card|copies|"
    r"answers|hearing|listening|attending|journal|folds|untrusted)|ser table)\b|"
    r"(?<![\w-])--(?:copies|no-copies|families|timeline)\b"
)
"""Public names that were replaced; nothing was published, so there are no aliases."""

FOLDERS = ("ser_features", "ser_models", "cli", "tests", "benchmarks", "docs", "notebooks")
SUFFIXES = (".py", ".md", ".toml", ".jinja", ".js", ".html", ".ipynb")
TEXTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "mkdocs.yml")),
    *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES),
]


def checked(suffix: str = "") -> list[Path]:
    """All texts with this suffix, except this file."""
    return [path for path in TEXTS if path != Path(__file__) and path.name.endswith(suffix)]


def prose(path: Path) -> list[tuple[int, str]]:
    """Lines of prose with their numbers: of Python, comments and strings; of other files, all lines."""
    if path.suffix != ".py":
        return list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    kinds = (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
    with tokenize.open(path) as file:
        tokens = [token for token in tokenize.generate_tokens(file.readline) if token.type in kinds]
    return [
        (token.start[0] + offset, line)
        for token in tokens
        for offset, line in enumerate(token.string.splitlines())
    ]


def matches(pattern: re.Pattern[str], path: Path) -> list[str]:
    if not pattern.search(path.read_text(encoding="utf-8")):  # to take a file apart is slow
        return []
    name = path.relative_to(ROOT).as_posix()
    return [f"{name}:{number}: {match[0]}" for number, line in prose(path) if (match := pattern.search(line))]


def test_prose_uses_technical_terms():
    assert not [place for path in checked() for place in matches(PHRASES, path)]


def test_variables_are_named_after_what_they_hold():
    wrong = []
    for path in checked(".py"):
        text = path.read_text(encoding="utf-8")
        if VARIABLES.isdisjoint(re.findall(r"\w+", text)):  # to parse a file is slow
            continue
        for node in ast.walk(ast.parse(text)):
            name = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else None
            name = node.arg if isinstance(node, ast.arg) else name
            if name in VARIABLES:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert not wrong


def test_old_public_names_are_gone():
    wrong = []
    for path in checked():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := OLD_NAMES.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert not wrong
