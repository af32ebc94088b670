"""Augmented copies by name: found where they are, and never where names number recordings."""

import pytest

from ser_models.auditing.identity.sisters import find

SOURCES = [f"s{speaker}_0{number}" for speaker in range(1, 4) for number in range(1, 6)]


@pytest.mark.parametrize(
    "form",
    [
        *(
            "{}_noise",
            "{}_pitch1",
            "{}_pitch_up_2",
            "{}_noise_0.005",
            "{}-snr10db",
            "{}_PitchShift",
            "{}_copy2",
        ),
        *(
            "{}-1.1",
            "{}_0.9",
            "{} - Copy (2)",
            "aug_{}",
            "sp0.9-{}",
            "Copy of {}",
            "noise1_{}",
            "{}_xyz",
            "{}_xyz2",
        ),
        *("aug/{}", "noise_0.1/{}", "aug/{}_noise", "{}_aug_3", "{}_time_stretch_0.8", "{}.noise"),
    ],
)
def test_forms_of_copies(form):
    paths = [f"{source}.wav" for source in SOURCES]
    expected = {f"{form.format(source)}.flac": f"{source}.wav" for source in SOURCES}
    copies = find([*paths, *expected])
    assert copies.sources == expected
    assert len(copies.notes) == 1
    assert copies.notes[0].endswith(" on 15 names: taken as copies of the names without it")


@pytest.mark.parametrize(
    "form",
    [
        *(
            "{}_2",
            "{}-1",
            "{}a",
            "{}_a",
            "{}_b2",
            "{} (2)",
            "{}_take",
            "{}_take2",
            "{}_angry",
            "{}_ang",
            "{}_song",
        ),
        *("{}_low", "2_{}", "{}.1", "{}_3.7", "sad/{}", "{}_female", "{}_01_02"),
    ],
)
def test_forms_that_number_or_describe_recordings(form):
    assert not find([f"{name}.wav" for source in SOURCES for name in (source, form.format(source))]).sources


def test_one_name_is_no_evidence():
    assert not find(["a_1.wav", "a_1_noise.wav", "a_2.wav"]).sources
    unknown_word = [f"{source}.wav" for source in SOURCES[:9] for source in (source, f"{source}_xyz")]
    assert not find(unknown_word).sources


def test_another_suffix_counts_only_if_nearly_all_names_with_it_are_of_others():
    others = [f"t{number}_xyz.wav" for number in range(5)]
    assert not find([*others, *(f"{one}{suffix}.wav" for one in SOURCES for suffix in ("", "_xyz"))]).sources


def test_copies_beside_the_folder_of_their_sources():
    paths = [f"data/{folder}/{source}.wav" for folder in ("wav", "wav_noise") for source in SOURCES]
    copies = find(paths)
    assert copies.sources[paths[-1]] == paths[14]
    assert copies.notes == ('"wav_noise/" on 15 names: taken as copies of the names without it',)
    assert not find([*paths, *(f"data/other/{source}.wav" for source in SOURCES)]).sources


def test_two_copies_without_their_source():
    paths = [f"{source}_{word}.wav" for source in SOURCES for word in ("noise", "pitch")]
    copies = find(paths)
    assert copies.sources[paths[0]] == copies.sources[paths[1]] == SOURCES[0]
    assert not find(paths[::2]).sources


def test_copies_of_copies_are_of_the_recording():
    names = [f"{source}{copy}.wav" for source in SOURCES for copy in ("", "_noise", "_noise_pitch")]
    copies = find(names)
    assert set(copies.sources.values()) == {f"{source}.wav" for source in SOURCES}
    assert len(copies.sources) == 2 * len(SOURCES)


def test_copies_have_the_class_of_their_source():
    paths = [f"{source}{suffix}.wav" for source in SOURCES for suffix in ("", "_noise")]
    equal = dict.fromkeys(paths, "sad")
    assert find(paths, equal).sources
    assert not find(paths, {path: "happy" if "noise" in path else "sad" for path in paths}).sources


def test_spellings_of_an_addition_are_listed():
    paths = [
        f"{source}{suffix}.wav"
        for source in SOURCES
        for suffix in ("", "_snr5", "_snr10", "_snr15", "_snr20")
    ]
    assert find(paths).notes == (
        '"_snr10", "_snr15", "_snr20" and 1 more on 60 names: taken as copies of the names without them',
    )


def test_copies_on_the_other_side_of_a_split():
    originals = [f"test/{source}.wav" for source in SOURCES]
    for form in ("train/{}_noise.wav", "train/aug_{}.wav", "augmented/{}.wav", "train/{}_xyz.wav"):
        copies = find([*originals, *(form.format(source) for source in SOURCES)])
        assert list(copies.sources.values()) == originals, form


def test_folders_of_speakers_and_volumes_are_no_folders_of_copies():
    for folders in (("sp1", "f1"), ("vol1", "f1"), ("wav", "noise_of_cars")):
        assert not find([f"{folder}/{source}.wav" for folder in folders for source in SOURCES]).sources


def test_numbers_in_a_folder_of_noise_are_no_copies():
    assert not find(
        [f"{folder}/{number}.wav" for folder in ("noise", "speech") for number in range(20)]
    ).sources
