"""The parameters that the report on a 3-D CNN gives."""

from tests.ser_models.recipes.basis import Printed

PRINTED = {
    "datasets": Printed(["ravdess", "tess", "savee", "emodb"], 112, "RAVDESS, TESS, SAVEE, and EmoDB"),
    "classes": Printed(
        ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"],
        112,
        "neutral, happy, sad, angry, fearful, surprised, and disgusted",
    ),
    "audio.peak_normalisation": Printed(True, 132, "to ensure uniform amplitude"),
    "oversample": Printed(True, 357, "balance the dataset using oversampling"),
    "frames.n_mels": Printed(128, 181, "3, 128, 60, 1"),
    "model.name": Printed("chunked_conv3d", 355, "3D CNN model"),
    "model.chunks": Printed(3, 181, "3, 128, 60, 1"),
    "model.frames": Printed(60, 181, "3, 128, 60, 1"),
    "model.depth": Printed(4, 366, "Block 4:"),
    "model.kernels": Printed([5, 3, 3, 3], 360, "1×5×5"),
    "model.dropouts": Printed([0.2, 0.3, 0.3, 0.3], 360, "Dropout (20%)"),
    "model.batch_norm": Printed(True, 272, "positioned after convolutional layers"),
    "model.dense_dropouts": Printed([0.4, 0.3], 369, "Dropout (40%)"),
    "model.activation": Printed("relu", 243, "ReLU might work well for our model"),
    "model.head": Printed("pool", 368, "Global Average Pooling"),
    "model.monitor": Printed("val_accuracy", 198, "best-performing model based on validation accuracy"),
    "model.loss": Printed("focal", 195, "Focal Loss"),
    "model.class_weights": Printed(True, 294, "compute_class_weight"),
    "model.optimizer": Printed("adam", 195, "The Adam optimizer was employed"),
    "model.schedule": Printed("plateau", 199, "ReduceLROnPlateau"),
    "paper.shares": Printed([0.7, 0.15, 0.15], 195, "70:15:15 split"),
    "paper.augment": Printed("training", 205, "the augmented data on the training data"),
    "variants.noise": Printed("noise", 161, "AddGaussianNoise"),
    "variants.pitch": Printed("pitch_shift", 162, "PitchShift"),
    "variants.stretch": Printed("time_stretch", 163, "TimeStretch"),
    "variants.shift": Printed("time_shift", 165, "Shift"),
}
