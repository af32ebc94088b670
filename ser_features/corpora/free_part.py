"""The part of a corpus's names that may be any text: `kinds` parses names that differ in it alone once.

>>> FreePart(before="[A-Z]+_", free="[a-z]+", after="_.+", stand_in="qqxqq").pattern
'^(?P<before>[A-Z]+_)(?P<free>[a-z]+)(?P<after>_.+)$'
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FreePart:
    """The part of a name that the grammar copies into path, stem, statement or text, and nothing more.

    Attributes:
        before: expression, as RE2 reads it, of what comes before it in the name of a file.
        free: expression of the part: it matches no text that the grammar refuses.
        after: expression of the rest of the name: by default of the suffix alone.
        stand_in: a text that `free` matches; paths that have it elsewhere too are parsed one by one.
    """

    before: str
    free: str
    after: str = r"\.[^./]+"
    stand_in: str

    @property
    def pattern(self) -> str:
        """Expression of the name of a file, with groups of these names."""
        return f"^(?P<before>{self.before})(?P<free>{self.free})(?P<after>{self.after})$"
