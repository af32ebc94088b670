"""Open a store for extraction, create it, or restore its store.json from its tables.

root, profile, families → `open_for` → `Store`
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ser_features.config import DEFAULT_PROFILE, EncoderConfig, Profile, on_channel
from ser_features.config import profile as find_profile
from ser_features.errors import DamagedError, InputError, StoreError
from ser_features.extractors import (
    DEFAULT_FAMILIES,
    FAMILIES,
    check_families,
    digest,
    needs_encoder,
    row_columns,
    stored_apart,
    wide_columns,
)
from ser_features.preprocess import check_packages
from ser_features.store import Store, layout, open_or_create
from ser_features.store.description import Description, FrameFamily, read_description
from ser_features.store.part import read_if_whole


def open_for(
    root: Path,
    profile: Profile | None,
    families: Sequence[str] | None,
    encoder: EncoderConfig | None = None,
    channel: Literal["mix", "left", "right"] | None = None,
) -> Store:
    """Open a store for extraction, or create it.

    Args:
        root: its folder.
        profile: feature configuration; default: that of the store, `DEFAULT_PROFILE` for a new one.
        families: feature families; default: those of the store, `DEFAULT_FAMILIES` for a new one.
        encoder: of the families that need one; default: that of the profile, or of the store.
        channel: of the profile; default: its own.

    Raises:
        InputError: if it has another profile, other extractor versions or other families.
        StoreError: if its store.json is lost and its tables were made by other extractor versions.
        MissingExtraError: if the profile needs a package that is not installed.
    """

    def requested(
        held: Profile = DEFAULT_PROFILE, held_families: Sequence[str] = DEFAULT_FAMILIES
    ) -> Description:
        chosen = profile or held
        if channel is not None:
            chosen = on_channel(chosen, channel)
        own = encoder or chosen.encoder or held.encoder
        return describe(replace(chosen, encoder=own), families or held_families)

    stored = _read_or_restore(root, encoder, requested)
    description = requested(stored.profile, stored.families) if stored else requested()
    check_packages(description.profile.audio)
    return open_or_create(root, description)


def describe(profile: Profile, families: Sequence[str]) -> Description:
    """Description of a store with the given profile and families, by this version's extractors.

    Raises:
        InputError: if a family is unknown, needs an encoder and there is none, or no family needs it.
    """
    held = check_families(families)
    if profile.encoder and not needs_encoder(held):
        raise InputError(
            f"--encoder with the families {' '.join(held)}, expected ssl among them: "
            f"add --features {' '.join(held)} ssl, or leave --encoder out"
        )
    return Description(
        profile=profile,
        digest=digest(profile, held),
        families=held,
        features=row_columns(held, profile),
        frames=tuple(
            FrameFamily(name, FAMILIES[name].extractor.unit, FAMILIES[name].extractor.description)
            for name in stored_apart(held)
        ),
        wide=wide_columns(held, profile),
    )


def _read_or_restore(
    root: Path, encoder: EncoderConfig | None, requested: Callable[[], Description]
) -> Description | None:
    """Description of the store; None if there is no store. A lost or damaged store.json is written again."""
    try:
        return read_description(root)
    except (InputError, DamagedError) as error:
        if metadata := _table_metadata(root):
            profile = replace(find_profile(metadata["profile"]), encoder=encoder)
            described = describe(profile, metadata["families"])
            if described.digest != metadata["digest"]:
                raise StoreError(
                    f"{root / layout.DESCRIPTION} is lost, and its tables are of another version of ser: "
                    "restore it, or extract into a new store"
                ) from error
            described.write(root)
            return described
        if isinstance(error, DamagedError):  # and there is no table that it could describe
            new = requested()
            new.write(root)
            return new
        return None


def _table_metadata(root: Path) -> dict[str, Any]:
    """Metadata of the first undamaged table; empty if there is none."""
    for dataset in layout.datasets(root, "files"):
        for part in layout.parts(root, "files", dataset):
            if (stored := read_if_whole(part, [])) and stored.metadata:
                return stored.metadata
    return {}
