"""Measure a model: one table of figures, `metrics.json` and the model card.

    python -m slantwise_models.evaluate --model models/en/slantwise_en --data DATA --gold GOLD [--fp32 RUN] [--split test]

Every figure names its file and metric and stands beside its floors and what others have published. The gold figures come
through the CLI. `--split dev` is for choosing between models; `--split test` is run once, for a release, and is what
`--write` puts into the package.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slantwise_models import package
from slantwise_models.card import card, table
from slantwise_models.corpora.example import Reader
from slantwise_models.encoder import SlantwiseConfig, SlantwiseModel
from slantwise_models.evaluation.attribution import attribution
from slantwise_models.evaluation.controls import controls
from slantwise_models.evaluation.figures import Figure, Reliability
from slantwise_models.evaluation.gold import gold, unquantised
from slantwise_models.evaluation.sentences import bias, names, stances, subjectivity
from slantwise_models.evaluation.subject import Subject
from slantwise_models.pack import averaged
from slantwise_models.tokens import WordPieces
from slantwise_server.engine import Engine
from slantwise_server.engine.onnx import OnnxBackend
from slantwise_server.engine.torch import TorchBackend

if TYPE_CHECKING:
    from slantwise_server.engine.backend import Backend

Measure = Callable[[Path, str, Subject], tuple[list[Figure], list[Reliability]]]
MEASURES: tuple[Measure, ...] = (attribution, subjectivity, bias, stances, names)
_SPLITS = {"subjectivity": {"test": "dev_test"}}  # the test that published figures are on


def measure(data: Path, split: str, subject: Subject) -> tuple[list[Figure], list[Reliability]]:
    """Return the figures of everything but the gold documents."""
    figures: list[Figure] = []
    reliabilities: list[Reliability] = []
    for one in MEASURES:
        more, also = one(data, _SPLITS.get(one.__name__, {}).get(split, split), subject)
        figures += more
        reliabilities += also
    return figures, reliabilities


def trained(runs: Sequence[Path]) -> Backend:
    """Return a backend with the mean weights of training runs as they were trained."""
    model = SlantwiseModel(SlantwiseConfig.from_pretrained(runs[-1]))
    model.load_state_dict(averaged(runs))
    return TorchBackend(model)


def peers(figures: Sequence[Figure], path: Path) -> None:
    """Add what other tools reach on PolNeAR, as `benchmarks/attribution_peers.py` has measured it, to the floors."""
    told = json.loads(path.read_text("utf-8")) if path.exists() else {"tools": {}}
    for figure in figures:
        if figure.file.startswith("attribution/polnear"):
            figure.floors |= {tool: one["figures"][figure.metric] for tool, one in told["tools"].items()}


def commit() -> str:
    """Return the commit that is checked out, with a mark when the tree differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and, when asked to, write it into the package."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--model", help="name or path of the package; the default model when left out")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--gold", type=Path, required=True)
    options.add_argument(
        "--fp32", type=Path, nargs="+", help="the training runs, to measure their weights unquantised beside"
    )
    options.add_argument("--split", choices=("dev", "test"), default="dev")
    options.add_argument(
        "--peers", type=Path, default=Path("benchmarks/results"), help="where peers' figures are (default: %(default)s)"
    )
    options.add_argument("--write", action="store_true", help="write metrics.json and README.md, and seal the package")
    given = options.parse_args(arguments)

    model = package.load(given.model)
    reader = Reader(
        WordPieces(model.folder / "tokenizer.json"), model.config["window"]["size"], model.config["window"]["context"]
    )
    decoding: dict[str, Any] = model.config["decoding"]
    with tempfile.TemporaryDirectory() as scratch:
        figures, reliabilities = gold(given.gold, model.folder, Path(scratch) / "gold.jsonl")
        if given.fp32:
            backend = trained(given.fp32)
            exact = unquantised(given.gold, Engine(model, backend, os.cpu_count() or 1), Path(scratch) / "fp32.jsonl")
            for figure in figures:
                figure.fp32 = exact[figure.metric]
    more, also = measure(given.data, given.split, Subject(OnnxBackend(model.folder), reader, decoding))
    reliabilities += also
    peers(more, given.peers / f"attribution_peers.{given.split}.json")
    if given.fp32:
        beside, _ = measure(given.data, given.split, Subject(backend, reader, decoding))
        by_name = {(f.file, f.metric): f.int8 for f in beside}
        for figure in more:
            figure.fp32 = by_name[figure.file, figure.metric]
    figures += [*more, *controls(Engine.load(str(model.folder)))]
    print(table(figures))  # noqa: T201 - the table is what it is run for
    if given.write:
        metrics = {
            "commit": commit(),
            "split": given.split,
            "figures": [asdict(f) for f in figures],
            "reliability": [asdict(r) for r in reliabilities],
            "calibration": [{"head": r.head, "dataset": r.file, "ece": r.ece, "cases": r.cases} for r in reliabilities],
        }
        (model.folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", "utf-8")
        (model.folder / "README.md").write_text(card(model.config, metrics), "utf-8")
        package.seal(model.folder)


if __name__ == "__main__":
    main()
