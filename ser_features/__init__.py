"""Audio files → stored features: corpora, audio, extractors, the engine and the feature store."""
