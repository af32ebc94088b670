"""The parameters that the multi-corpus case study gives, of its networks and of their inputs."""

from tests.ser_models.recipes.basis import Printed

COLUMNS = (
    *("duration_sec", "sample_rate", "mean_amplitude", "peak_amplitude", "rms_mean", "rms_std"),
    *("intensity_db_mean", "tempo_bpm", "zcr_mean", "zcr_std", "pitch_mean", "pitch_median", "pitch_std"),
    *("pitch_variation", "voiced_ratio", "jitter", "shimmer"),
    *(f"mfcc_{statistic}_{index}" for statistic in ("mean", "std") for index in range(13)),
)
"""Table 2, in its order."""

PRINTED_OF_THE_DATA = {
    "datasets": Printed(["tess", "cremad", "ravdess"], 110, r"\text{TESS}, \text{CREMA-D}, \text{RAVDESS}"),
    "classes": Printed(
        ["angry", "disgust", "fear", "happy", "neutral", "sad"],
        433,
        "Angry, Disgust, Happy, Neutral, Sad, and Scared (Fearful)",
    ),
    "audio.sample_rate": Printed(48_000, 222, "target_sr=48000"),
    "audio.peak_normalisation": Printed(True, 229, "waveform / max_amplitude"),
    "audio.noise_reduction": Printed(True, 233, "ReduceNoise(waveform)"),
    "audio.trim_db": Printed(40.0, 236, "threshold=-40dB"),
    "frames.frame_length": Printed(2048, 443, "2048 samples"),
    "frames.hop_length": Printed(512, 444, "512 samples"),
    "frames.n_mfcc": Printed(13, 445, "13 coefficients"),
    "pitch.floor": Printed(50.0, 446, "50–500 Hz"),
    "pitch.ceiling": Printed(500.0, 446, "50–500 Hz"),
    "paper.stratify": Printed("emotion", 433, "stratified and balanced during training"),
}

PRINTED_OF_BOTH_NETWORKS = PRINTED_OF_THE_DATA | {
    "model.batch_size": Printed(32, 491, "32"),
    "model.learning_rate": Printed(1e-3, 489, "learning rate = 0.001"),
    "model.optimizer": Printed("adam", 489, "Adam"),
    "model.loss": Printed("cross_entropy", 490, "Categorical Cross-Entropy"),
    "model.class_weights": Printed(True, 433, "stratified and balanced during training"),
}

PRINTED = PRINTED_OF_BOTH_NETWORKS | {
    "model.name": Printed("cnn_lstm", 487, "Hybrid CNN–LSTM"),
    "model.reads": Printed("columns", 155, "scaler.fit_transform(X_train)"),
    "model.columns": Printed(list(COLUMNS), 460, "mfcc_mean_0–12, mfcc_std_0–12"),
    "model.filters": Printed([64, 128, 256], 350, "filters=256"),
    "model.kernels": Printed([5, 5, 3], 350, "kernel_size=3"),
    "model.dropouts": Printed([0.0, 0.3, 0.3], 347, "Dropout(0.3)"),
    "model.batch_norm": Printed(True, 341, "BatchNormalization()"),
    "model.lstm": Printed(128, 356, "LSTM(units=128, return_sequences=True)"),
    "model.lstm_dropout": Printed(0.4, 357, "Dropout(0.4)"),
    "model.dense": Printed([128, 64], 367, "Dense(units=64, activation='relu')"),
    "model.dense_dropouts": Printed([0.5, 0.3], 364, "Dropout(0.5)"),
}

PRINTED_OF_THE_MLP = PRINTED_OF_BOTH_NETWORKS | {
    "model.name": Printed("mlp", 500, "dense, batch normalization, and dropout layers"),
    "model.dense": Printed([256, 128, 64], 514, "(None, 64)"),
    "model.batch_norm": Printed(True, 509, "BatchNormalization"),
}
