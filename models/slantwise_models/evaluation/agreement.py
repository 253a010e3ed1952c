"""How far two annotators of the same documents agree.

    python -m slantwise_models.evaluation.agreement --data DATA [--annotations models/annotations]

`twice/` below the annotations holds what a second annotator said of some of the documents.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.corpora.annotated import annotated
from slantwise_models.corpora.silver import Record, voices_of
from slantwise_models.evaluation.figures import class_f1, f1
from slantwise_models.heads.voice import VOICES

if TYPE_CHECKING:
    from collections.abc import Sequence


def agreement(first: Sequence[Record], second: Sequence[Record]) -> dict[str, float]:
    """Return the agreement of two annotations of the same documents: by character of voice, by paragraph of frames."""
    ink = [np.array([not c.isspace() for c in record["content"]]) for record in first]
    a, b = (np.concatenate([voices_of(r)[i] for r, i in zip(side, ink, strict=True)]) for side in (first, second))
    table = np.zeros((len(VOICES), len(VOICES)))
    np.add.at(table, (a, b), 1)
    table /= table.sum()
    same, chance = float(np.trace(table)), float(table.sum(axis=0) @ table.sum(axis=1))
    frames = [
        (set(p["frames"]), set(q["frames"]))
        for r, s in zip(first, second, strict=True)
        for p, q in zip(r["paragraphs"], s["paragraphs"], strict=True)
    ]
    both = sum(len(p & q) for p, q in frames)
    return {
        "documents": float(len(first)),
        "same voice": same,
        "kappa": (same - chance) / (1 - chance),
        **{f"F1 {name}": class_f1(a, b, [i]) for i, name in enumerate(VOICES)},
        "F1 frames": f1(both, sum(len(p) for p, _ in frames), sum(len(q) for _, q in frames)),
    }


def main() -> None:
    """Print the agreement."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--annotations", type=Path, default=Path("models/annotations"))
    given = options.parse_args()
    kept = {r["document_id"]: r for r in annotated(given.annotations, given.data)}
    second = annotated(given.annotations / "twice", given.data)
    for name, value in agreement([kept[r["document_id"]] for r in second], second).items():
        sys.stdout.write(f"{name}: {value:.3f}\n")


if __name__ == "__main__":
    main()
