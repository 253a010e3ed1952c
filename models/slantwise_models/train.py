"""Train the model from the pretrained encoder; a checkpoint is written every few minutes and resumed from.

    python -m slantwise_models.train --data DATA --silver SILVER.jsonl --encoder FOLDER --out RUN

DATA holds the public corpora as JSONL (`<task>/<dataset>.<split>.jsonl`); only train splits are read. The phases
of the recipe: the public corpora with a first look at our own documents, then our own with less of the rest. One batch
holds one kind of example; the last weights are an exponential moving average. On two CPU cores about 2,500 pieces/s.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import torch

from slantwise_models.batch import collate, plan
from slantwise_models.corpora import attribution, sentences, silver, variants
from slantwise_models.corpora.annotated import annotated
from slantwise_models.corpora.example import Example, Reader
from slantwise_models.encoder import SlantwiseModel
from slantwise_models.heads import HEADS
from slantwise_models.tokens import WordPieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from slantwise_models.corpora.silver import Record

WINDOW = 352  # positions of a window
CONTEXT = 96  # of which context
BUDGET = 3072  # pieces of a batch
RATE = 1.2e-4  # peak learning rate of the encoder
HEAD_RATE = 1e-3  # of the heads and features
END = 0.02  # share of the learning rate left at the end
WARM_UP = 0.06  # share of the steps
DECAY = 0.01  # weight decay
AVERAGE = 0.998  # of the moving average
SEED = 13
PLAIN = 0.35  # share of documents read as they are
RENAMED = 0.6  # of the rest, of those with other names
CITED = 0.12  # of their sentences, of those put into a source's mouth
CHECKPOINT_MINUTES = 5.0

# Passes over each corpus, by phase. "silver" is all documents with every kind of label, our annotations among them.
RECIPE: tuple[dict[str, float], ...] = (
    {"polnear": 1.0, "wikigold": 1.0, "babe_sg2": 1.0, "newsmtsc_mention": 0.6, "newsmtsc": 0.7, "vast": 0.35,
     "semeval2016_task6a": 1.5, "gwsd": 1.5, "perspectrum": 1.0, "silver": 1.0, "silver_stance": 0.5},
    {"polnear": 0.3, "wikigold": 0.5, "babe_sg2": 1.0, "newsmtsc_mention": 0.4, "newsmtsc": 0.5, "vast": 0.15,
     "semeval2016_task6a": 1.5, "gwsd": 1.5, "perspectrum": 0.5, "silver": 3.0, "silver_stance": 1.0},
    {"polnear": 0.8, "wikigold": 1.0, "babe_sg2": 0.3, "newsmtsc_mention": 0.4, "newsmtsc": 0.4, "vast": 0.6,
     "semeval2016_task6a": 0.5, "gwsd": 0.5, "perspectrum": 0.4, "silver": 4.0, "silver_stance": 0.8},
    {"polnear": 2.5, "wikigold": 1.0, "babe_sg2": 1.0, "newsmtsc_mention": 0.6, "newsmtsc": 0.6, "vast": 0.4,
     "semeval2016_task6a": 1.0, "gwsd": 1.0, "perspectrum": 0.7, "silver": 1.5, "silver_stance": 0.5},
    {"polnear": 0.7, "wikigold": 0.5, "babe_sg2": 0.5, "newsmtsc_mention": 0.3, "newsmtsc": 0.3, "vast": 0.15,
     "semeval2016_task6a": 0.5, "gwsd": 0.5, "perspectrum": 0.2, "silver": 2.0, "silver_stance": 0.15},
    {"polnear": 1.0, "wikigold": 0.5, "babe_sg2": 0.5, "newsmtsc_mention": 0.3, "newsmtsc": 0.3, "vast": 0.15,
     "semeval2016_task6a": 0.5, "gwsd": 0.5, "perspectrum": 0.2, "silver": 3.5, "silver_stance": 0.2},
    {"polnear": 2.5, "wikigold": 0.5, "babe_sg2": 0.5, "newsmtsc_mention": 0.6, "newsmtsc": 0.6, "vast": 0.4,
     "semeval2016_task6a": 1.0, "gwsd": 1.0, "perspectrum": 0.5, "silver": 2.5, "silver_stance": 0.2},
)  # fmt: skip

log = logging.getLogger("train")
T = TypeVar("T")


def corpora(data: Path, reader: Reader) -> dict[str, list[Example]]:
    """Return the examples of every corpus that stays the same from pass to pass."""
    made = {
        "polnear": list(attribution.polnear(data, reader, "train")),
        "wikigold": list(sentences.entities(data, reader, "wikigold", "train")),
        "babe_sg2": list(sentences.loaded(data, reader, "babe_sg2", "train")),
        "newsmtsc_mention": list(sentences.mentions(data, reader, "target_sentiment/newsmtsc.train")),
        "newsmtsc": list(sentences.pairs(data, reader, "target_sentiment/newsmtsc.train")),
    }
    for name in ("vast", "semeval2016_task6a", "gwsd", "perspectrum"):
        made[name] = list(sentences.pairs(data, reader, f"stance/{name}.train"))
    for name, examples in made.items():
        log.info("corpus=%s examples=%d pieces=%d", name, len(examples), sum(map(len, examples)))
    return made


def passes(examples: Sequence[T], times: float, rng: random.Random) -> list[T]:
    """Return the examples `times` over, a fraction of a pass drawn at random."""
    whole, part = divmod(times, 1.0)
    return [*examples] * int(whole) + rng.sample(examples, round(part * len(examples)))


def varied(record: Record, rng: random.Random) -> Record:
    """Return a document as it is, or a variant of it."""
    if rng.random() < PLAIN:
        return record
    if rng.random() < RENAMED:
        record = variants.renamed(record, rng)
    return variants.cited(record, rng, CITED)


def batches(
    made: dict[str, list[Example]],
    documents: Sequence[Record],
    reader: Reader,
    phases: Sequence[dict[str, float]] = RECIPE,
    seed: int = SEED,
) -> Iterator[list[Example]]:
    """Yield the batches of all phases; the same seed gives the same batches."""
    rng = random.Random(seed)  # noqa: S311 - shuffling, not secrets
    for phase in phases:
        batched: list[list[Example]] = []
        for name, times in phase.items():
            if name == "silver_stance":
                names = sorted({t["name"] for r in documents for t in r["targets"]})
                chosen = [
                    e
                    for r in documents
                    for e in silver.stances(r, reader, rng, times, rng.sample(names, min(9, len(names))))
                ]
            elif name == "silver":
                chosen = [e for r in passes(documents, times, rng) for e in silver.analyses(varied(r, rng), reader)]
            else:
                chosen = passes(made[name], times, rng)
            batched += [[chosen[i] for i in batch] for batch in plan(chosen, BUDGET, rng)]
        rng.shuffle(batched)
        yield from batched


def fit(
    model: SlantwiseModel,
    steps: Sequence[list[Example]],
    out: Path,
    *,
    rate: float = RATE,
    end: float = END,
    device: str = "cpu",
    checkpoint_minutes: float = CHECKPOINT_MINUTES,
) -> dict[str, Tensor]:
    """Train a model on batches, from the checkpoint in `out` where there is one; the result is the same either way.

    Args:
        model: The model, with the weights to start from.
        steps: The batches.
        out: Where checkpoints are written.
        rate: The peak learning rate of the encoder.
        end: The share of it that is left at the end.
        device: Where to train.
        checkpoint_minutes: How long to go on without writing one.

    Returns:
        The moving average of the weights.

    Raises:
        FloatingPointError: A loss is not finite.
    """
    model.to(device).train()
    encoder = list(model.encoder.parameters())
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": encoder, "lr": rate}, {"params": heads, "lr": HEAD_RATE * rate / RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY, fused=True)
    warm = max(1, int(WARM_UP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, end + (1 - end) * (len(steps) - step) / max(1, len(steps) - warm)),
    )
    averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=averaging)

    checkpoint, first = out / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
        log.info("resumed step=%d", first)

    saved, began, seen = time.monotonic(), time.monotonic(), 0
    losses: dict[str, float] = {}
    for step in range(first, len(steps)):
        arguments, labels, names = collate(steps[step])
        arguments = {name: tensor.to(device) for name, tensor in arguments.items()}
        labels = {name: tensor.to(device) for name, tensor in labels.items()}
        torch.manual_seed(SEED + step)  # a resumed run drops out what an uninterrupted one would have
        with torch.autocast(device, torch.bfloat16):
            outputs = model(**arguments)
        by_head = {name: HEADS[name].loss(outputs, labels) for name in names}
        loss = torch.stack(list(by_head.values())).sum()
        if not math.isfinite(loss.item()):
            raise FloatingPointError(f"the loss of step {step} is {loss.item()}: {by_head}")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder + heads, 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(model)
        seen += arguments["ids"].numel()
        for name, value in by_head.items():
            losses[name] = 0.98 * losses.get(name, value.item()) + 0.02 * value.item()
        if step % 50 == 49:
            text = " ".join(f"{name}={value:.3f}" for name, value in sorted(losses.items()))
            log.info("step=%d/%d pieces/s=%.0f %s", step + 1, len(steps), seen / (time.monotonic() - began), text)
        if time.monotonic() - saved >= 60 * checkpoint_minutes:
            state = {"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state | {"schedule": schedule.state_dict(), "step": step + 1}, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
            saved = time.monotonic()
    log.info("done minutes=%.1f", (time.monotonic() - began) / 60)
    return average.module.state_dict()


def main() -> None:
    """Run the training."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--silver", type=Path, required=True)
    options.add_argument("--annotations", type=Path, default=Path("models/annotations"), help="default: %(default)s")
    options.add_argument(
        "--encoder", type=Path, required=True, help="the pretrained checkpoint, with its tokenizer.json"
    )
    options.add_argument("--out", type=Path, required=True)
    options.add_argument(
        "--phases", type=int, nargs="*", default=[*range(len(RECIPE))], help="which of the recipe's to run"
    )
    options.add_argument(
        "--rate", type=float, default=RATE, help="peak learning rate of the encoder (default: %(default)s)"
    )
    options.add_argument("--seed", type=int, default=SEED, help="order of the examples (default: %(default)s)")
    options.add_argument(
        "--end", type=float, default=END, help="share of the rate left at the end (default: %(default)s)"
    )
    options.add_argument("--start", type=Path, help="weights to start from, a model.pt of an earlier run")
    options.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    given.out.mkdir(parents=True, exist_ok=True)

    reader = Reader(WordPieces(given.encoder / "tokenizer.json"), WINDOW, CONTEXT)
    phases = [RECIPE[number] for number in given.phases]
    documents = silver.silver(given.silver, annotated(given.annotations, given.data))
    log.info("documents=%d", len(documents))
    steps = list(batches(corpora(given.data, reader), documents, reader, phases, given.seed))
    log.info("steps=%d pieces=%d", len(steps), sum(len(e) for batch in steps for e in batch))

    torch.manual_seed(given.seed)
    model = SlantwiseModel.pretrained(given.encoder)
    if given.start:
        model.load_state_dict(torch.load(given.start, weights_only=True))
    weights = fit(model, steps, given.out, rate=given.rate, end=given.end, device=given.device)

    torch.save(weights, given.out / "model.pt")
    model.config.save_pretrained(given.out)
    made = {"window": WINDOW, "context": CONTEXT, "recipe": phases, "seed": given.seed, "steps": len(steps)}
    (given.out / "training.json").write_text(json.dumps(made, indent=1))


if __name__ == "__main__":
    main()
