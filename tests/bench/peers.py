"""How many of the agreed names do other systems render, occurrence by occurrence, on the same sentences?

    python -m tests.bench peers [--model M]

Their real outputs on FLORES-200 dev (stored by Mozilla's evaluation) are judged by the same verifier with the
same termbase as ours, without alignment (things keep their order), beside BLEU and chrF. None of them was given
the termbase: the table shows how much room a glossary has, and what enforcing it costs or gains.
"""

import argparse
from collections.abc import Sequence

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from glossary.match import Matcher
from glossary.termbase import Termbase
from tests.bench.terms import DATA, sentences
from translate.constraints import constrain
from translate.evaluate.terms import success, verdicts
from translate.pipeline import Translator

PEERS = (
    "google",
    "microsoft",
    "nllb",
    "bergamot-base",
    "bergamot-base-memory",
    "opusmt",
    "argos",
)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench peers")
    parser.add_argument("--model", default="starter")
    options = parser.parse_args(arguments)
    segments, references = sentences("flores")
    termbase = Termbase.load([DATA / "eval/flores-names.po"])
    matcher = Matcher(termbase.terms)
    wanted = [constrain(matcher.match(s.source)) for s in segments]
    outputs = {
        peer: (DATA / f"eval/flores-dev.{peer}.en").read_text(encoding="utf-8").splitlines()
        for peer in PEERS
    }
    for way, glossary in (("no termbase", ()), ("with termbase", termbase)):
        translator = Translator(model=options.model, glossary=glossary)
        units = translator.translate_segments(segments)
        outputs[f"{translator.checkpoint.label}, {way}"] = [u.target for u in units]
    bleu, chrf = BLEU(), CHRF()
    print("| system | agreed names rendered | BLEU | chrF |\n|---|---|---|---|")
    for name, texts in outputs.items():
        share = success(verdicts(wanted, [s.source for s in segments], texts))
        scores = [metric.corpus_score(texts, [references]).score for metric in (bleu, chrf)]
        print(f"| {name} | {share:.3f} | {scores[0]:.2f} | {scores[1]:.2f} |")
    print(
        f"\n{sum(map(len, wanted))} occurrences, {len(termbase.terms)} names, {len(segments)} "
        f"sentences; BLEU {bleu.get_signature()}, chrF {chrf.get_signature()}"
    )


if __name__ == "__main__":
    main([])
