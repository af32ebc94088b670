"""A store to extract into: opened, begun, or its store.json made again from what its tables say."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ser_features.config import SPEECH16K, EncoderConfig, Profile
from ser_features.config import profile as find_profile
from ser_features.errors import DamagedError, InputError, StoreError
from ser_features.extractors import (
    DEFAULT_FAMILIES,
    FAMILIES,
    check_families,
    needs_encoder,
    row_columns,
    stored_apart,
    wide_columns,
)
from ser_features.pipeline import digest
from ser_features.store import Store, layout, open_or_create
from ser_features.store.description import Description, FrameFamily, read_description
from ser_features.store.part import read_whole

DEFAULT_PROFILE = SPEECH16K
"""Of a new store, unless another is asked for."""


def open_for(
    root: Path,
    profile: Profile | None,
    families: Sequence[str] | None,
    encoder: EncoderConfig | None = None,
) -> Store:
    """Open a store for extraction, or begin one.

    Args:
        root: its folder.
        profile: feature configuration; that of the store, or `DEFAULT_PROFILE` for a new one, by default.
        families: what to store; what the store holds, or `DEFAULT_FAMILIES` for a new one, by default.
        encoder: of the families that need one; that of the profile, or of the store, by default.

    Raises:
        InputError: if it has another profile, other extractor versions or other families.
        StoreError: if its store.json is lost and its tables were made by other extractor versions.
    """

    def wanted(found: Profile = DEFAULT_PROFILE, held: Sequence[str] = DEFAULT_FAMILIES) -> Description:
        chosen = profile or found
        own = encoder or chosen.encoder or found.encoder
        return describe(replace(chosen, encoder=own), families or held)

    found = _described(root, encoder, wanted)
    return open_or_create(root, wanted(found.profile, found.families) if found else wanted())


def describe(profile: Profile, families: Sequence[str]) -> Description:
    """What a store of the given profile and families holds, by this version's extractors.

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


def _described(
    root: Path, encoder: EncoderConfig | None, wanted: Callable[[], Description]
) -> Description | None:
    """What the store says it holds; None if there is none. A lost or damaged store.json is made again."""
    try:
        return read_description(root)
    except (InputError, DamagedError) as error:
        if said := _remembered(root):
            described = describe(replace(find_profile(said["profile"]), encoder=encoder), said["families"])
            if described.digest != said["digest"]:
                raise StoreError(
                    f"{root / layout.DESCRIPTION} is lost, and its tables are of another version of ser: "
                    "restore it, or extract into a new store"
                ) from error
            described.write(root)
            return described
        if isinstance(error, DamagedError):  # and nothing is left that it could describe
            begun = wanted()
            begun.write(root)
            return begun
        return None


def _remembered(root: Path) -> dict[str, Any]:
    """What the first table that is whole says of the store; nothing if there is none."""
    for dataset in layout.datasets(root, "files"):
        for part in layout.parts(root, "files", dataset):
            if (held := read_whole(part, [])) and held.metadata:
                return held.metadata
    return {}
