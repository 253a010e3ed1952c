"""The model card and its tables, made from `config.json` and `metrics.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slantwise_models.evaluation.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CARD = """\
# {name} {version}

Who is speaking in an English news or opinion text (voice and attribution), and how it leans (stance, policy frames, loaded
language), span by span. A 6-layer encoder of 22.7 million weights (all-MiniLM-L6-v2, Apache-2.0, further trained) with one
linear head a task; int8 weights, {size} positions a window. Licence of the weights: {license}.

## Use and limits

Made for news and opinion in English. It has seen little else: expect less on social posts, fiction, transcripts of speech
and other Englishes. A score is the model's probability, not a verdict on an author or an outlet; do not rank people by it.
It shares the blind spots of its training labels (below).

## Training data

| corpus | licence, as its makers state it | heads |
|---|---|---|
{corpora}

No sentence of these corpora is in this package. Only train splits were trained on; settings of decoding were fitted on
our own documents held out by a hash of their ids (one in twelve). All labels of ours (silver, annotations, gold) were made
by instances of one large language model working from written guidelines, not by people; before adjudication two passes
agreed on 96.2 % of the characters of the gold documents (kappa 0.948), and on those of the annotations as
`models/annotations/README.md` says. Annotators of one kind share their blind spots, so that is an upper bound on
reliability, and gold/dev, 12 documents, is small. The controls are sentences and articles written for this project.

## Figures

Split: {split}; commit {commit}; command: `python -m slantwise_models.evaluate --split {split} --write`. Floors are measured on
the same test: the majority class, logistic regression on TF-IDF of words and characters (given the gold segments and
paragraphs on gold/dev), rules of quotation marks, cue verbs, capitals. gold/dev was used to choose between models, never to
train or to fit settings. Published figures are others', often on other splits. textacy and the Gender Gap Tracker were run
on the same test (`benchmarks/attribution_peers.py`). fp32 is the model as trained, int8 as shipped. Controls are the share of
cases that hold: a cited clause changes hands, and taking out a quotation, other names and other typography change nothing.

{figures}

## Reliability

For each head the decisions by their probability: mean probability → share that was right (cases), over ten bins; expected
calibration error and Brier score of the decisions.

{reliability}
"""


def card(config: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the model card, in Markdown."""
    return _CARD.format(
        name=config["name"],
        version=config["version"],
        license=config["license"],
        size=config["window"]["size"],
        corpora=_rows((c["name"], c["license"], ", ".join(c["heads"])) for c in config["training_data"]),
        split=metrics["split"],
        commit=metrics["commit"],
        figures=table([Figure(**f) for f in metrics["figures"]]),
        reliability="\n".join(_reliability(r) for r in metrics["reliability"]),
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    head = "| head | file | metric | cases | floors | published | fp32 | int8 |\n|---|---|---|---|---|---|---|---|\n"
    return head + _rows(
        (
            f.head,
            f.file,
            f.metric,
            str(f.cases),
            ", ".join(f"{name} {value:.3f}" for name, value in f.floors.items()) or "—",
            f.published or "—",
            _number(f.fp32),
            _number(f.int8),
        )
        for f in figures
    )


def _rows(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _reliability(found: Mapping[str, Any]) -> str:
    bins = ", ".join(f"{p:.2f} → {r:.2f} ({n})" for p, r, n in found["bins"])
    return f"- **{found['head']}** on {found['file']}: ECE {found['ece']:.3f}, Brier {found['brier']:.3f}; {bins}"
