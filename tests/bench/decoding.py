"""What does it gain to search otherwise, and what does it cost? BLEU, chrF and time, one setting at a time.

    python -m tests.bench decoding [--set news|flores] [--limit N] [--only PART]

Plain decoding without terms. Beam, length penalty, repetition penalty, n-grams that may not repeat, and the
choice among the N best by minimum Bayes risk with chrF (which chrF, as a measure, favours: read BLEU). A
setting that isn't named is the default: beam 4 and nothing else. Time is the processor's, as a multiple of
the default's on the same set, so that work beside it tells less.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sacrebleu

from glossary.termbase import Termbase
from tests.bench.terms import sentences
from translate.pipeline import Translator

SETS = ("news", "flores")
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "beam 4": {},
    "greedy": {"beam_size": 1},
    **{f"beam {n}": {"beam_size": n} for n in (2, 6, 8)},
    **{f"length penalty {a}": {"length_penalty": a} for a in (0.6, 0.8, 1.2, 1.4)},
    **{f"repetition penalty {p}": {"repetition_penalty": p} for p in (1.05, 1.1, 1.2)},
    **{f"no {n}-gram twice": {"no_repeat_ngram": n} for n in (3, 4)},
    **{f"MBR of {n}": {"mbr": n} for n in (8, 16, 32)},
}


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="tests.bench decoding")
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    for name in options.set or SETS:
        segments, references = (part[: options.limit] for part in sentences(name))
        print(f"\n**{name}**: {len(segments)} segments\n")
        print("| search | BLEU | chrF | time, × beam 4 |\n|---|---|---|---|")
        usual = 0.0
        for setting, chosen in SETTINGS.items():
            if options.only not in setting and setting != "beam 4":
                continue
            translator = Translator(model="starter", glossary=Termbase(terms=()), **chosen)
            started = time.process_time()
            texts = [u.target for u in translator.translate_segments(segments)]
            seconds = time.process_time() - started
            usual = usual or seconds
            bleu = sacrebleu.corpus_bleu(texts, [references]).score
            chrf = sacrebleu.corpus_chrf(texts, [references]).score
            print(f"| {setting} | {bleu:.2f} | {chrf:.2f} | {seconds / usual:.2f} |", flush=True)
