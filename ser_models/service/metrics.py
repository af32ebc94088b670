r"""Counts and durations of the service, in the text format of Prometheus.

`Counter`, `Histogram` → `Metrics.text` → the answer of /metrics

The format is described at https://prometheus.io/docs/instrumenting/exposition_formats/. All calls are made
from one event loop, so that there is no lock.

>>> requests = Counter("ser_requests_total", "Finished requests.", ("route", "status"))
>>> requests.add("/predict", "200")
>>> print("\n".join(requests.lines()))
# HELP ser_requests_total Finished requests.
# TYPE ser_requests_total counter
ser_requests_total{route="/predict",status="200"} 1
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0)
"""Upper bounds of durations, in s."""
ITEMS = (1, 2, 4, 8, 16, 32, 64)
"""Upper bounds of the size of a batch."""

NO_LABELS: tuple[str, ...] = ()


@dataclass
class Counter:
    """A number that grows, by labels.

    Attributes:
        name: of the metric.
        text: what it counts.
        labels: their names.
        values: by the values of the labels.
    """

    name: str
    text: str
    labels: tuple[str, ...] = NO_LABELS
    values: dict[tuple[str, ...], float] = field(default_factory=dict)

    def add(self, *values: str, amount: float = 1) -> None:
        """Count `amount` more with these values of the labels."""
        self.values[values] = self.values.get(values, 0) + amount

    def lines(self) -> Iterator[str]:
        """Yield the lines of the metric."""
        yield from _head(self.name, self.text, "counter")
        for values, count in self.values.items():
            yield f"{self.name}{_labels(self.labels, values)} {count:g}"


@dataclass
class Gauge:
    """A number that is read when the metrics are.

    Attributes:
        name: of the metric.
        text: what it is.
        read: returns the number.
    """

    name: str
    text: str
    read: Callable[[], float]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the metric."""
        yield from _head(self.name, self.text, "gauge")
        yield f"{self.name} {self.read():g}"


@dataclass
class Histogram:
    """How often a number was at most each bound.

    Attributes:
        name: of the metric.
        text: what is measured.
        bounds: in ascending order.
        counts: observations by the first bound that they do not exceed, the last of all others.
        total: sum of all observations.
    """

    name: str
    text: str
    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count an observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self) -> Iterator[str]:
        """Yield the lines of the metric; buckets are cumulative."""
        yield from _head(self.name, self.text, "histogram")
        count = 0
        for bound, own in zip((*map("{:g}".format, self.bounds), "+Inf"), self.counts, strict=True):
            count += own
            yield f'{self.name}_bucket{{le="{bound}"}} {count}'
        yield f"{self.name}_sum {self.total:g}"
        yield f"{self.name}_count {count}"


class Metrics:
    """The metrics of the service.

    Attributes:
        requests: finished, by route and status.
        seconds: durations of requests.
        recordings: by outcome, recognised or refused.
        sound: seconds of recognised sound.
        batches: recordings and windows per call of the model.
        gauges: read when the metrics are.
    """

    def __init__(self) -> None:
        self.requests = Counter("ser_requests_total", "Finished requests.", ("route", "status"))
        self.seconds = Histogram("ser_request_seconds", "Duration of requests for predictions.", SECONDS)
        self.recordings = Counter("ser_recordings_total", "Recordings by outcome.", ("outcome",))
        self.sound = Counter("ser_sound_seconds_total", "Seconds of recognised sound.")
        self.batches = Histogram("ser_batch_items", "Recordings and windows per call of the model.", ITEMS)
        self.gauges: list[Gauge] = []

    def text(self) -> str:
        """Return all metrics."""
        counts = (self.requests, self.recordings, self.sound)
        metrics: tuple[Counter | Histogram | Gauge, ...] = (*counts, self.seconds, self.batches, *self.gauges)
        return "\n".join(line for metric in metrics for line in metric.lines()) + "\n"


def _head(name: str, text: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = ",".join(f'{name}="{value}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""
