"""The corpora that the model learns from, as training examples; their texts stay outside the project."""
