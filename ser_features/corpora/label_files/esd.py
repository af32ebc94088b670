r"""ESD: a text file per speaker, in UTF-8, UTF-16, GB 18030 or Windows-1252.

0001_000001\t打远一看，它们的确很是美丽，\t中立

The third column is not read, because some files have it in Chinese: the folder states the emotion.
"""

import re

from ser_features.corpora.label_files.labels import Labels, Row
from ser_features.corpora.label_files.reading import below, text_of
from ser_features.manifest import Scan

FIRST_ENGLISH = "0011"
LINE = re.compile(r"(\d{4}_\d{6})[\t ]+([^\t]*)(?:\t.*)?")


def read(scan: Scan) -> Labels:
    """Text by recording."""
    rows = {}
    for path in below(scan, "00[0-2][0-9].txt"):
        other = "cp1252" if path.stem >= FIRST_ENGLISH else "gb18030"
        for line in text_of(path, ("utf-8-sig", other)).splitlines():
            if match := LINE.fullmatch(line.strip()):
                rows[match[1]] = Row(fields={"text": match[2].strip()})
    return Labels("0001.txt … 0020.txt", rows)
