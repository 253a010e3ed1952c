"""Runs in the peers' own environment: texts in, one JSON line each with the attributions a tool finds.

    python extract.py textacy|gender-gap-tracker [CHECKOUT] < TEXTS.jsonl > FOUND.jsonl

Each line in is a JSON string; each line out a list of {"source", "cue", "content": [[begin, end], …]}, code points.
"""

import importlib.util
import json
import logging
import sys
import types
from pathlib import Path

import en_core_web_sm


def textacy_finds(nlp):
    """Return what finds direct quotations with textacy."""
    from textacy.extract import direct_quotations  # noqa: PLC0415 - the other tool does without

    def find(text):
        try:
            triples = list(direct_quotations(nlp(text)))
        except ValueError:  # an odd number of quotation marks: textacy gives the whole document up
            return []

        def span(part):
            first, last = (part[0], part[-1]) if hasattr(part, "start") else (part, part)
            return [[first.idx, last.idx + len(last)]]

        return [{"source": span(s), "cue": span(c), "content": span(q)} for s, c, q in triples]

    return find


def tracker_finds(nlp, checkout):
    """Return what finds syntactic, floating and heuristic quotes with the Gender Gap Tracker's extractor."""
    english = Path(checkout) / "nlp" / "english"

    sys.modules["bson"] = types.ModuleType("bson")  # of the database, which is not used here
    sys.modules["bson"].ObjectId = str
    sys.modules["utils"] = types.ModuleType("utils")
    sys.modules["utils"].create_logger = lambda name, **_: logging.getLogger(name)
    spec = importlib.util.spec_from_file_location("quote_extractor", str(english / "quote_extractor.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    verbs = english / "rules" / "quote_verb_list.txt"
    extractor = module.QuoteExtractor({"spacy_lang": nlp, "NLP": {"QUOTE_VERBS": verbs}})

    def span(index):
        begin, end = map(int, index.strip("()").split(",")) if index else (0, 0)
        return [[begin, end]] if end > begin else []

    def find(text):
        found = extractor.extract_quotes(nlp(text))
        return [
            {
                part: span(quote.get(key, ""))
                for part, key in (("source", "speaker_index"), ("cue", "verb_index"), ("content", "quote_index"))
            }
            for quote in found
        ]

    return find


def main():
    """Read texts, write what is found in them."""
    nlp = en_core_web_sm.load()
    find = textacy_finds(nlp) if sys.argv[1] == "textacy" else tracker_finds(nlp, sys.argv[2])
    for line in sys.stdin:
        print(json.dumps(find(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
