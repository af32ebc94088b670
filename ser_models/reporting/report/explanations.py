"""Fixed sentences of a report: what a protocol measures, why a leak inflates the figures, what is checked."""

from ser_models.data.split import UNKNOWN_SPEAKERS

PROTOCOLS = {
    "speaker-disjoint": (
        "No test speaker is in the training set: whole speakers are held out. The figures estimate the "
        "performance on new speakers of the same kind of recordings."
    ),
    "speaker- and sentence-disjoint": (
        "Neither the speaker nor the sentence of a tested recording is in the training set. The figures "
        "estimate the performance on new speakers who say something new."
    ),
    "sentence-disjoint": (
        "No tested sentence is in the training set, but its speakers are. The figures measure "
        "speaker-dependent recognition of new sentences and say little about new speakers."
    ),
    "session-disjoint": (
        "No tested session is in the training set. The figures estimate the performance in new sessions; "
        "the audit of leaks says whether their speakers are new."
    ),
    "official": ("The sides are those that the corpus publishes. The audit of leaks says what they share."),
    f"random, {UNKNOWN_SPEAKERS}": (
        "Recordings are split at random. Their speakers are unknown: most are probably in the training and "
        "in the test set, and the figures say nothing about new voices."
    ),
    "random": (
        "Recordings are split at random, so that every speaker is in the training and in the test set. The "
        "figures measure speaker-dependent recognition and say little about new speakers."
    ),
    "cross-corpus": (
        "The model is tested on corpora that it was not trained on: other speakers, rooms and instructions "
        "to the actors. This is the hardest protocol, and the nearest to practical use."
    ),
    "given folds": (
        "The folds are those that a column of the table names. The audit of leaks says what training and "
        "test share."
    ),
    "disjoint by": (
        "No value of the column that the split is named after is both in the training and in the test set. "
        "The audit of leaks says what else they share."
    ),
    "model trained on": "A finished model is tested on stored recordings; nothing is trained.",
}
"""Explanation of a protocol, by the beginning of its description; the first that fits."""

LEAKS = {
    "speaker": (
        "The model was trained on recordings of the same speakers and can use how they sound. It has no such "
        "help with new speakers, so that the figures are too high."
    ),
    "unknown": (
        "Whether training and test share speakers cannot be checked where speakers are unknown. If they do, "
        "the figures are too high."
    ),
    "recording": (
        "A recording and its augmented copies are the same performance. If one is in the training set and "
        "another in the test set, the test measures memorisation."
    ),
    "audio": (
        "The same audio is in the training and in the test set: under two names, or in parts of a file that "
        "overlap."
    ),
    "file": (
        "Parts of one file are in the training and in the test set: they share a room, a microphone and "
        "mostly a conversation, which tell their emotions too."
    ),
    "take": (
        "The same take is in the training and in the test set: at another level, sample rate or length, or "
        "after compression."
    ),
    "fitted": (
        "A component was fitted or selected on recordings outside of the training set, and so on recordings "
        "that it is tested on."
    ),
    "corpus-level": (
        "Inputs that are computed from several recordings carry information of the test set into the "
        "training, and have other values for a single new file."
    ),
    "suspect": (
        "No leak was found, but a UAR as high as this has rarely been confirmed for new speakers of acted "
        "speech: check the data and the split before relying on it."
    ),
}
"""Why a finding of each kind inflates the figures."""

SEEN_CHECKS = (
    "speakers on both sides of the split",
    "identical audio under two names, by its hash",
    "recordings on one side with augmented copies on another",
    "sample rate, channels, format, folder, level, duration, speaker or corpus that tells the class alone",
)
TRAINING_CHECKS = (
    *SEEN_CHECKS,
    "scaler, weights or early stopping fitted outside of the training set",
    "inputs that are computed from more than one recording",
    "a UAR above 90 % on unseen speakers of one corpus, which is suspicious",
)
