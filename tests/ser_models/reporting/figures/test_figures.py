"""Every figure is written, and only those that there is something for."""

from ser_models.reporting.figures import save_all
from tests.results import attention_example, make_history, make_result


def test_every_figure_is_a_png(tmp_path):
    written = save_all(
        tmp_path / "figures",
        make_result(),
        make_history(),
        examples=[attention_example(), attention_example()],
    )
    assert [path.name for path in written] == [
        "confusion_matrix.png",
        "per_class.png",
        "per_speaker.png",
        "roc.png",
        "reliability.png",
        "coverage.png",
        "training_curves.png",
        "attention_1.png",
        "attention_2.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


def test_a_model_without_epochs_has_no_curves(tmp_path):
    written = save_all(tmp_path, make_result(), make_history(epochs=1))
    assert "training_curves.png" not in [path.name for path in written]


def test_a_test_of_one_emotion_has_no_roc(tmp_path):
    written = save_all(tmp_path, make_result(tested=("sad",)))
    assert [path.name for path in written] == [
        "confusion_matrix.png",
        "per_class.png",
        "per_speaker.png",
        "reliability.png",
        "coverage.png",
    ]
