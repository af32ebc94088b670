"""The parameters that the paper on CNNs with attention gives."""

from tests.ser_models.recipes.basis import Printed

PRINTED = {
    "datasets": Printed(["ravdess"], 71, "The RAVDESS dataset comprises 1,440 recordings"),
    "classes": Printed(
        ["angry", "disgust", "fear", "happy", "neutral", "calm", "sad", "surprise"],
        69,
        "neutral, calm, happy, sad, angry, fearful, surprised, and disgusted",
    ),
    "audio.noise_reduction": Printed(True, 100, "such as noise reduction, feature extraction"),
    "model.name": Printed("attention_cnn_bilstm", 108, "enhanced with an attention mechanism"),
    "model.families": Printed(
        ["mfcc", "chroma", "mel", "contrast", "tonnetz"],
        110,
        "MFCCs, chroma, mel spectrograms, spectral contrast, and tonnetz",
    ),
    "model.batch_norm": Printed(True, 117, "batch normalization"),
    "model.learning_rate": Printed(2e-4, 121, "learning rate of 0.0002"),
    "model.optimizer": Printed("adam", 121, "Adam optimizer"),
    "model.schedule": Printed("plateau", 121, "learning rate reduction"),
    "model.loss": Printed("cross_entropy", 26, "categorical cross entropy"),
    "paper.augment": Printed("training", 110, "introducing variations into the training set"),
    "variants.pitch": Printed("pitch_shift", 110, "pitch shifting"),
    "variants.stretch": Printed("time_stretch", 110, "time-stretching"),
}
