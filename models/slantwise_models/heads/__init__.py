"""The heads: what each says of a word piece, how it learns, and how its answers are read.

One file a head: its labels, its loss (torch) and its decoding (numpy, no torch). `OUTPUTS` names every linear output with
its width; the pointers of `attribution` come beside them.
"""

from slantwise_models.heads import attribution, entities, frames, loaded, stance, voice

HEADS = {
    "voice": voice,
    "attribution": attribution,
    "loaded": loaded,
    "frames": frames,
    "stance": stance,
    "entities": entities,
}
OUTPUTS: dict[str, int] = {name: width for head in HEADS.values() for name, width in head.SIZES.items()}

__all__ = ["HEADS", "OUTPUTS", "attribution", "entities", "frames", "loaded", "stance", "voice"]
