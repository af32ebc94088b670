"""Votes of a corpus → labels/ of a store, a table per corpus that follows the rows of files/.

`Scan.votes`, rows of files/ → `follow_votes` → labels/dataset=<name>/part-votes.parquet
"""

import pyarrow as pa
import pyarrow.compute as pc

from ser_features.manifest import Scan
from ser_features.store import Store, layout, locks
from ser_features.store.description import VOTE_SCHEMA
from ser_features.store.part import read_if_whole
from ser_features.store.write import commit_votes

SHARD = "votes"
ORDER = [(name, "ascending") for name in ("file_id", "attribute", "rater", "modality", "value")]


def follow_votes(store: Store, scan: Scan) -> None:
    """Store the votes of the corpus's recordings that have a row; nothing is written if they are stored.

    Votes of rows whose recordings are gone stay with them, as with `keep_missing`.

    Args:
        store: the store.
        scan: the corpus.
    """
    part = layout.part_path(store.root, "labels", scan.dataset, SHARD)
    rows = (
        store.table([scan.dataset], ["file_id"]) if store.parts(scan.dataset) else VOTE_SCHEMA.empty_table()
    )
    present = rows["file_id"].combine_chunks()
    scanned = pa.array([recording.file_id for recording in scan.recordings], pa.string())
    new = pa.table(
        [pa.array([getattr(vote, name) for vote in scan.votes], pa.string()) for name in VOTE_SCHEMA.names],
        schema=VOTE_SCHEMA,
    )
    stored = read_if_whole(part)
    before = None if stored is None else stored.table
    kept = [] if before is None else [before.filter(pc.invert(pc.is_in(before["file_id"], scanned)))]
    votes = pa.concat_tables([new, *(one.replace_schema_metadata(None) for one in kept)])
    votes = votes.filter(pc.is_in(votes["file_id"], present)).sort_by(ORDER)
    if before is None or not votes.equals(before):
        with locks.committing(store.root):
            commit_votes(part, votes)
