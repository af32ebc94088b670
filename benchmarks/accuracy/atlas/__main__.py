"""Audit the published splits of an independent benchmark: docs/audit.md.

    python -m benchmarks.accuracy.atlas --splits splits --labels labels    # measures, and writes the page
    python -m benchmarks.accuracy.atlas                                    # writes the page from docs/results

`splits` holds emobox_NAME.csv.gz with the columns path, fold, side and emotion; no audio is needed. `labels`
holds meld/train_sent_emo.csv.gz and those of dev and test, for the corpus's own parts.
"""

import argparse
from pathlib import Path

from benchmarks.accuracy.atlas import measure, page


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--splits", type=Path, metavar="DIR", help="folder of the published splits")
    parser.add_argument("--labels", type=Path, metavar="DIR", help="folder of the label files of MELD")
    options = parser.parse_args()
    if options.splits:
        measure.store(measure.measure(options.splits, options.labels))
    page.write()


if __name__ == "__main__":
    main()
