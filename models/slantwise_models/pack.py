"""Make a model package from a training run.

    python -m slantwise_models.pack --run RUN --data DATA --silver SILVER.jsonl --encoder FOLDER
    --out models/en/slantwise_en --version X.Y.Z

Several runs, one started from the other, have their weights averaged. Writes the weights and the graph, fits the settings of
decoding on the silver documents held out of training, and seals the package. Figures and the model card
come from `slantwise_models.evaluate`, which seals it again.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from slantwise_models import package
from slantwise_models.calibrate import calibrate
from slantwise_models.corpora.annotated import annotated
from slantwise_models.corpora.example import Reader
from slantwise_models.corpora.silver import silver
from slantwise_models.encoder import SlantwiseConfig, SlantwiseModel
from slantwise_models.export import export
from slantwise_models.tokens import WordPieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_OURS = ("voice", "attribution", "loaded", "frames", "stance")
BABE_LICENSE = "AGPL-3.0 repository (code and data in one), nothing separate stated for the data"
TRAINING_DATA = (
    ("silver: labels on PolNeAR, Webis Editorials and written texts", "made for this project", _OURS),
    ("annotations: labels on PolNeAR, Webis Editorials, BASIL, narrative frames, VAST and written texts",
     "made for this project", _OURS),
    ("Webis Editorials 16 (texts)", "none stated in the repository", _OURS),
    ("BASIL (texts)", "none stated in the repository", _OURS),
    ("narrative frames (texts)", "MIT", _OURS),
    ("PolNeAR", "none stated in the repository", ("attribution", "entities")),
    ("WikiGold", "CC BY 4.0", ("entities",)),
    ("BABE SG2", BABE_LICENSE, ("loaded",)),
    ("NewsMTSC", "MIT", ("stance",)),
    ("VAST", "none stated in the repository", ("stance",)),
    ("SemEval-2016 Task 6 A (TweetEval)", "no restrictions, save those of Twitter and of the source", ("stance",)),
    ("GWSD", "none stated in the repository", ("stance",)),
    ("Perspectrum", "CC BY-SA 4.0", ("stance",)),
    ("all-MiniLM-L6-v2 (pretrained encoder)", "Apache-2.0", ("encoder",)),
)  # fmt: skip


def averaged(runs: Sequence[Path]) -> dict[str, Tensor]:
    """Return the mean weights of training runs (Wortsman et al. 2022, model soups)."""
    states = [torch.load(run / "model.pt", weights_only=True, map_location="cpu") for run in runs]
    return {name: torch.stack([state[name] for state in states]).float().mean(0) for name in states[0]}


def main() -> None:
    """Make the package."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--run", type=Path, required=True, nargs="+")
    options.add_argument("--silver", type=Path, required=True)
    options.add_argument("--data", type=Path, required=True, help="the public corpora, for the texts of annotations")
    options.add_argument("--annotations", type=Path, default=Path("models/annotations"), help="default: %(default)s")
    options.add_argument("--encoder", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--version", required=True)
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)

    config = SlantwiseConfig.from_pretrained(given.run[-1])
    trainings = [json.loads((run / "training.json").read_text("utf-8")) for run in given.run]
    training = trainings[-1]
    model = SlantwiseModel(config)
    model.load_state_dict(averaged(given.run))
    export(model, given.out)
    shutil.copy(given.encoder / "tokenizer.json", given.out / "tokenizer.json")

    # Imported late: the engine's backends need what has just been written.
    from slantwise_server.engine.onnx import OnnxBackend  # noqa: PLC0415

    reader = Reader(WordPieces(given.out / "tokenizer.json"), training["window"], training["context"])
    held = silver(given.silver, annotated(given.annotations, given.data), calibration=True)
    decoding = calibrate(OnnxBackend(given.out), reader, held)
    described: dict[str, Any] = {
        "name": package.DEFAULT,
        "version": given.version,
        "languages": ["en"],
        "license": "Apache-2.0",
        "encoder": config.encoder,
        "window": {"size": training["window"], "context": training["context"]},
        "decoding": decoding,
        "training": [{name: one[name] for name in ("recipe", "seed", "steps")} for one in trainings],
        "training_data": [{"name": n, "license": text, "heads": heads} for n, text, heads in TRAINING_DATA],
    }
    (given.out / "config.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    for name, empty in (
        ("metrics.json", '{"calibration": [], "figures": []}\n'),
        ("README.md", "Not evaluated yet.\n"),
    ):
        if not (given.out / name).exists():
            (given.out / name).write_text(empty, "utf-8")
    package.seal(given.out)


if __name__ == "__main__":
    main()
