"""Training curves for TensorBoard, written with TensorFlow.

folder, rows of the history → `Board.write` → events.out.tfevents.* (loss, uar, val_*, learning_rate)

Writing needs TensorFlow, not the package `tensorboard`, which shows the curves:
`pip install tensorboard`, then `tensorboard --logdir FOLDER`.
"""

from pathlib import Path

from ser_features.extras import require
from ser_models.models.base import Row


class Board:
    """Event files of one fold.

    Args:
        folder: of the fold; its name is the name of the curves.

    Raises:
        MissingExtraError: if TensorFlow is not installed.
    """

    def __init__(self, folder: Path) -> None:
        check()
        import tensorflow as tf

        self._tf = tf
        self._writer = tf.summary.create_file_writer(str(folder))

    def write(self, row: Row, learning_rate: float | None) -> None:
        """Write the points of one epoch.

        Args:
            row: the epoch's row of the history.
            learning_rate: of the epoch; None if there is none.
        """
        values = {name: value for name, value in row.items() if name != "epoch"}
        if learning_rate is not None:
            values["learning_rate"] = learning_rate
        with self._writer.as_default():
            for name, value in values.items():
                self._scalar(name, value, int(row["epoch"]))
        self._writer.flush()

    def close(self) -> None:
        """Close the event file."""
        self._writer.close()

    def _scalar(self, name: str, value: float, step: int) -> None:
        # What `tf.summary.scalar` writes; that function itself is in the package `tensorboard`.
        metadata = self._tf.compat.v1.SummaryMetadata(
            plugin_data=self._tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"), data_class=1
        )
        self._tf.summary.write(name, self._tf.constant(value, self._tf.float32), step=step, metadata=metadata)


def check() -> None:
    """Make sure that event files can be written.

    Raises:
        MissingExtraError: if TensorFlow is not installed.
    """
    require("--tensorboard", "tensorflow")
