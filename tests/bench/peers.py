"""How many of the agreed names do other systems render, occurrence by occurrence, on the same sentences?

    python -m tests.bench peers

Their real outputs on FLORES-200 dev (stored by Mozilla's evaluation) are judged by the same verifier with the
same termbase as ours, without alignment (things keep their order), beside BLEU and chrF. None of them was given
the termbase: the table shows how much room a glossary has, and what enforcing it costs or gains.
"""

import argparse
from collections.abc import Sequence

import sacrebleu

from glossary.match import Matcher
from glossary.termbase import Termbase
from tests.bench.terms import DATA, sentences
from translate.constraints import constrain
from translate.evaluate.terms import success, verdicts
from translate.pipeline import Translator

PEERS = ("google", "microsoft", "nllb", "bergamot-base", "opusmt", "argos")


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    argparse.ArgumentParser(prog="tests.bench peers").parse_args(arguments)
    segments, references = sentences("flores")
    termbase = Termbase.load([DATA / "eval/flores-names.po"])
    matcher = Matcher(termbase.terms)
    wanted = [constrain(matcher.match(s.source)) for s in segments]
    outputs = {
        peer: (DATA / f"eval/flores-dev.{peer}.en").read_text(encoding="utf-8").splitlines()
        for peer in PEERS
    }
    for name, glossary in (("starter, no termbase", ()), ("starter with termbase", termbase)):
        units = Translator(model="starter", glossary=glossary).translate_segments(segments)
        outputs[name] = [u.target for u in units]
    print("| system | agreed names rendered | BLEU | chrF |\n|---|---|---|---|")
    for name, texts in outputs.items():
        share = success(verdicts(wanted, [s.source for s in segments], texts))
        bleu = sacrebleu.corpus_bleu(texts, [references])
        chrf = sacrebleu.corpus_chrf(texts, [references])
        print(f"| {name} | {share:.3f} | {bleu.score:.1f} | {chrf.score:.1f} |")
    print(
        f"\n{sum(map(len, wanted))} occurrences, {len(termbase.terms)} names, {len(segments)} sentences"
    )


if __name__ == "__main__":
    main([])
