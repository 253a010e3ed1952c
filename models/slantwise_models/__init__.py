"""The model of Slantwise: texts to windows, windows to what the heads say, and how that is learned and measured."""
