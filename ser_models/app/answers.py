"""The models of the page → one piece of HTML for the recordings of a visitor.

`Recording`s → `ResultRenderer.recognise` or `.tabulate` of each model → side by side
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ser_models.app.result import Recording, ResultRenderer, variables


@dataclass(frozen=True)
class Answers:
    """The models of the page.

    Attributes:
        renderers: one, or two that are compared.
    """

    renderers: Sequence[ResultRenderer]

    @property
    def noun(self) -> str:
        """What the first model recognises, such as "emotion"."""
        return self.renderers[0].noun

    @property
    def colours(self) -> dict[str, str]:
        """CSS variable of the colour of each class of the first model."""
        return variables(self.renderers[0].predictor.labels)

    def recognise(self, recordings: Sequence[Recording]) -> str:
        """Recognise recordings with every model.

        Args:
            recordings: one, which is shown in detail, or several for a table.

        Returns:
            HTML.
        """
        if len(recordings) > 1:
            return side_by_side([renderer.tabulate(recordings) for renderer in self.renderers])
        [one] = recordings
        return side_by_side([renderer.recognise(one.content, one.name) for renderer in self.renderers])

    def describe_models(self) -> str:
        """Return HTML about the models and their evaluations."""
        return side_by_side([renderer.describe_model() for renderer in self.renderers])


def side_by_side(articles: Sequence[str]) -> str:
    """Join HTML in columns, if there are several pieces."""
    if len(articles) == 1:
        return articles[0]
    columns = "".join(f"<div>{article}</div>" for article in articles)
    return f'<div class="ser models">{columns}</div>'
