"""The log of a training: one line per finished fold, and a time left once it means something."""

from ser_cli.training_log import TrainingLog

from ser_models.training.config import Step

ROW = {"epoch": 12.0, "loss": 0.5, "val_loss": 0.75, "val_uar": 0.6}
FIGURES = "loss 0.500, validation loss 0.750, validation UAR 0.600"


def lines_of(*steps: tuple[float, Step]) -> tuple[list[str], list[str]]:
    """Lines of finished folds and of running ones, of steps with their times in s."""
    finished: list[str] = []
    running: list[str] = []
    times = iter([0.0, *(time for time, _ in steps)])
    log = TrainingLog(finished.append, running.append, lambda: next(times))
    for _, step in steps:
        log(step)
    return finished, running


def epoch(part: str, number: int, *, of: int = 40, folds: int = 4) -> Step:
    return Step(part, ROW, name=f"epoch {number}", share=number / of, folds=folds)


def done(part: str, name: str = "best epoch 12 of 31", folds: int = 4) -> Step:
    return Step(part, ROW, done=True, name=name, share=1.0, folds=folds)


def test_an_epoch_before_the_last_one_is_named_as_the_best():
    finished, running = lines_of((1, epoch("fold 1 of 3", 31)), (2, done("fold 1 of 3")))
    assert running == [f"fold 1 of 3: epoch 31, {FIGURES}"]
    assert finished == [f"fold 1 of 3: best epoch 12 of 31, {FIGURES}"]


def test_time_left_is_held_back_until_a_tenth_is_done_and_ten_seconds_have_passed():
    finished, running = lines_of(
        (1, epoch("fold 1 of 3", 20)),  # a tenth and more, after a second
        (20, epoch("fold 2 of 3", 4)),  # 0.6 folds of 4 in 20 s
        (24, done("fold 1 of 3")),  # 1.1 folds of 4 in 24 s
        (30, done("fold 2 of 3")),
        (31, epoch("fold 3 of 3", 1)),
        (45, done("fold 3 of 3")),
        (60, epoch("final model", 20)),
        (70, done("final model")),
    )
    left = [line.removeprefix(line.partition(FIGURES)[0] + FIGURES) for line in (*running, *finished)]
    assert left == [
        "",
        ", 0:01:53 left",
        ", 0:00:30 left",
        ", 0:00:09 left",
        ", 0:01:03 left",
        ", 0:00:30 left",
        ", 0:00:15 left",
        "",
    ]


def test_folds_of_an_interrupted_training_took_no_time():
    finished, _ = lines_of(
        (0, done("fold 1 of 3")),
        (0, done("fold 2 of 3")),
        (1, epoch("fold 3 of 3", 1)),
        (20, done("fold 3 of 3")),
        (21, epoch("final model", 1)),
        (40, done("final model")),
    )
    assert finished[2].endswith(", 0:00:20 left")
    assert finished[0] == f"fold 1 of 3: best epoch 12 of 31, {FIGURES}"


def test_a_fold_of_one_step_is_one_line():
    finished, running = lines_of((0, Step("model", ROW)), (1, done("model", "", folds=1)))
    assert (finished, running) == ([f"model: {FIGURES}"], [])
