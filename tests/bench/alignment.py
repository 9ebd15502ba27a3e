"""How good is the word alignment: alignment error rate against sentence pairs aligned by hand.

    python -m tests.bench alignment [--model M] [--engine ct2|ct2-float32|marian]

AER = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), with P including S (Och and Ney 2003). The reference translation is
forced through the model, so this measures alignment alone. Rows take the attention of head 0 of the last
decoder layer in simpler and simpler ways.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.checkpoint import Checkpoint
from models.registry import resolve
from models.tokenizer import Tokenizer
from translate.align import WordAttention, links, word_attention
from translate.engines import open_engine
from translate.engines.base import Request
from translate.source import encode

GOLD = Path(__file__).parent.parent / "data/alignment/gold.jsonl"
Links = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One hand-aligned pair; links are (source word, target word)."""

    source: str
    target: str
    sure: Links
    possible: Links


def gold() -> list[Pair]:
    """The hand-aligned pairs; possible includes sure."""
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines() if line]
    return [
        Pair(
            r["source"],
            r["target"],
            {(s, t) for s, t in r["sure"]},
            {(s, t) for s, t in (*r["sure"], *r["possible"])},
        )
        for r in rows
    ]


def aer(made: Sequence[Links], pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Alignment error rate, precision and recall over a set."""
    total = sum(len(a) for a in made)
    sure = sum(len(p.sure) for p in pairs)
    in_sure = sum(len(a & p.sure) for a, p in zip(made, pairs, strict=True))
    in_possible = sum(len(a & p.possible) for a, p in zip(made, pairs, strict=True))
    return 1 - (in_sure + in_possible) / (total + sure), in_possible / total, in_sure / sure


def evidence(
    pairs: Sequence[Pair], checkpoint: Checkpoint, engine_name: str
) -> list[WordAttention]:
    """Forced attention of the model on the pairs, summed to words, cues included."""
    tokenizer, engine = Tokenizer(checkpoint.path), open_engine(engine_name, checkpoint)
    sources = [
        encode(p.source, lambda t: [(x.piece, x.span) for x in tokenizer.encode(t)]) for p in pairs
    ]
    targets = [tokenizer.encode_target(p.target) for p in pairs]
    forced = engine.score(
        [Request(tokens=s.tokens, prefix=t) for s, t in zip(sources, targets, strict=True)]
    )
    out = []
    for pair, source, hypothesis in zip(pairs, sources, forced, strict=True):
        decoded = tokenizer.decode(hypothesis.tokens)
        # pieces normalise quotes and spaces: spans are those of the decoded text, words of the gold's
        made = word_attention(
            hypothesis.attention,
            source=pair.source,
            target=decoded.text,
            source_pieces=source.spans,
            target_pieces=decoded.spans,
        )
        out.append(made)
    return out


def _argmax_rows(e: WordAttention) -> Links:
    return {(int(s), t) for t, s in enumerate(e.soft.argmax(1))}


def _argmax_columns(e: WordAttention) -> Links:
    return {(s, int(t)) for s, t in enumerate(e.soft.argmax(0))}


WAYS: dict[str, Callable[[WordAttention], Links]] = {
    "target to source": _argmax_rows,
    "source to target": _argmax_columns,
    "intersection": lambda e: _argmax_rows(e) & _argmax_columns(e),
    "geometric mean of both (shipped)": lambda e: set(links(e)),
}


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench alignment")
    parser.add_argument("--model", default="starter")
    parser.add_argument("--engine", default="ct2")
    options = parser.parse_args(arguments)
    pairs, checkpoint = gold(), resolve(options.model)
    with_cues = evidence(pairs, checkpoint, options.engine)
    import translate.align as module

    weights = module._CUE_WEIGHT, module._MARK_WEIGHT, module._MARK_TO_WORD
    module._CUE_WEIGHT, module._MARK_WEIGHT, module._MARK_TO_WORD = 0.0, 0.0, 1.0
    without = evidence(pairs, checkpoint, options.engine)
    module._CUE_WEIGHT, module._MARK_WEIGHT, module._MARK_TO_WORD = weights
    print(
        f"{checkpoint.label}: {len(pairs)} pairs, {sum(len(p.sure) for p in pairs)} sure links, "
        f"engine {options.engine}\n"
    )
    print("| links | cues | AER | precision | recall |\n|---|---|---|---|---|")
    for name, way in WAYS.items():
        for cued, shown in (("no", without), ("yes", with_cues)):
            error, precision, recall = aer([way(e) for e in shown], pairs)
            print(f"| {name} | {cued} | {error:.3f} | {precision:.3f} | {recall:.3f} |")
