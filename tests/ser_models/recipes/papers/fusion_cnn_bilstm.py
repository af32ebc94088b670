"""The parameters that the data fusion paper gives, of both networks that it describes."""

from tests.ser_models.recipes.basis import Printed

BOTH = {
    "datasets": Printed(["ravdess", "tess", "cremad", "savee"], 32, "RAVDESS, TESS, CREMA-D, and SAVEE"),
    "classes": Printed(
        ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"],
        114,
        "Angry, disgust, Fear, Happy, Natural, Sad, Surprise",
    ),
    "model.epochs": Printed(150, 323, "150 (with early stopping)"),
    "model.batch_size": Printed(32, 322, "32"),
    "model.learning_rate": Printed(1e-3, 324, "0.001"),
    "model.optimizer": Printed("adam", 315, "Adam optimizer"),
    "model.loss": Printed("cross_entropy", 315, "categorical cross-entropy as the loss function"),
    "paper.stratify": Printed("dataset", 313, "the balance of emotion distribution in every dataset"),
    "variants.noise": Printed("white_noise", 192, "the addition of white noise"),
    "variants.shifted": Printed("spectrogram_shift", 192, "spectrogram shifting"),
    "variants.shifted.fraction": Printed(0.25, 204, "Spectrogram (0.25) to Right"),
}

PRINTED = BOTH | {
    "model.name": Printed("fusion_cnn_bilstm", 298, "Table V CNN- BiLSTM Model summary"),
    "frames.n_mfcc": Printed(13, 220, "13 MFCCs"),
}

PRINTED_OF_THE_TEXT = BOTH | {
    "model.name": Printed("spectrogram_cnn_bilstm", 272, "convolutional filters may find tiny patterns"),
    "model.length": Printed(128, 274, "(128, 128, 1)"),
    "frames.n_mels": Printed(128, 274, "(128, 128, 1)"),
    "model.filters": Printed([32, 64], 274, "The second convolutional layer has 64 filters"),
    "model.kernels": Printed([3, 3], 274, "32 3x3 filters"),
    "model.dropout": Printed(0.3, 274, "A dropout layer with a value of 0.3"),
    "model.dense": Printed([128, 64], 287, "a second, denser layer of 64 neurons"),
}
