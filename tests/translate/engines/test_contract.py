"""What every engine promises, and that the fast ones agree with the reference."""

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import Checkpoint
from models.convert import Proof, proof
from models.tokenizer import RESERVED, Tokenizer
from translate.engines import ENGINES, open_engine
from translate.engines.base import Engine, Hypothesis, Request, Search
from translate.errors import ConfigError, ConstraintUnsupported, EngineError, InputTooLong

Requests = list[Request]
# int8 rounds: what float noise changes in the last bit, rounding makes visible.
TOLERANCE = {"fake": 1e-9, "ct2/int8": 0.05, "ct2/float32": 1e-3, "marian/float32": 1e-3}
# CTranslate2 leaves what is suppressed out of the distribution, so that a decoded score is too high by what the
# model gives to `<unk>`: 5e-3 in a heading of eight pieces.
SUPPRESSED = {"ct2/float32": 1e-2}


def best(engine: Engine, requests: Requests, **options: int) -> list[Hypothesis]:
    return [hypotheses[0] for hypotheses in engine.decode(requests, **options)]


def texts(hypotheses: list[Hypothesis]) -> list[tuple[str, ...]]:
    return [h.tokens for h in hypotheses]


def test_no_requests_no_results(engine: Engine) -> None:
    assert engine.decode([]) == []
    assert engine.score([]) == []


def test_order_is_kept(engine: Engine, requests: Requests) -> None:
    there = best(engine, requests, beam_size=1)
    back = best(engine, requests[::-1], beam_size=1)[::-1]
    assert texts(there) == texts(back)


def test_a_batch_gives_what_single_requests_give(engine: Engine, requests: Requests) -> None:
    together = best(engine, requests, beam_size=2)
    alone = [best(engine, [r], beam_size=2)[0] for r in requests]
    assert texts(together) == texts(alone)
    for a, b in zip(together, alone, strict=True):
        assert a.score == pytest.approx(b.score, abs=1e-4)
        np.testing.assert_allclose(a.attention, b.attention, atol=1e-4)


def test_attention_has_a_row_a_piece_and_a_column_a_source_piece(
    engine: Engine, requests: Requests
) -> None:
    decoded = best(engine, requests)
    forced = [
        Request(tokens=r.tokens, prefix=h.tokens) for r, h in zip(requests, decoded, strict=True)
    ]
    for hypotheses in (decoded, engine.score(forced)):
        for request, h in zip(requests, hypotheses, strict=True):
            assert h.attention.dtype == np.float32
            assert h.attention.shape == (len(h.tokens), len(request.tokens) + 1)
            np.testing.assert_allclose(h.attention.sum(1), 1, atol=1e-4)


def test_scoring_a_translation_gives_what_decoding_gave(engine: Engine, requests: Requests) -> None:
    decoded = best(engine, requests)
    forced = engine.score(
        [Request(tokens=r.tokens, prefix=h.tokens) for r, h in zip(requests, decoded, strict=True)]
    )
    assert texts(forced) == texts(decoded)
    for a, b in zip(forced, decoded, strict=True):
        tolerance = TOLERANCE[engine.name] + SUPPRESSED.get(engine.name, 0.0)
        assert a.score == pytest.approx(b.score, abs=tolerance)
        np.testing.assert_allclose(
            a.attention, b.attention, atol=0.25 if engine.name == "ct2/int8" else 1e-3
        )


def test_the_prefix_is_kept(engine: Engine, requests: Requests, tokenizer: Tokenizer) -> None:
    form = tokenizer.encode_target("Pyongyang")
    plain = best(engine, requests)
    forced = [
        Request(tokens=r.tokens, prefix=h.tokens[:i] + form)
        for i, (r, h) in enumerate(zip(requests, plain, strict=True))
    ]
    decoded = engine.decode(forced, n_best=2)
    for request, hypotheses in zip(forced, decoded, strict=True):
        assert len(hypotheses) == 2
        assert hypotheses[0].score >= hypotheses[1].score
        for h in hypotheses:
            assert h.tokens[: len(request.prefix)] == request.prefix
            np.testing.assert_allclose(h.attention.sum(1), 1, atol=1e-4)


def test_the_score_counts_the_prefix(real: Engine, requests: Requests) -> None:
    prefix = best(real, requests[1:2])[0].tokens  # of another sentence: improbable
    forced = Request(tokens=requests[0].tokens, prefix=prefix[:6])
    decoded = best(real, [forced])[0]
    whole = real.score([Request(tokens=forced.tokens, prefix=decoded.tokens)])[0]
    assert decoded.score == pytest.approx(whole.score, abs=TOLERANCE[real.name])


def test_n_best_differ_and_come_best_first(engine: Engine, requests: Requests) -> None:
    for hypotheses in engine.decode(requests[:2], n_best=3):
        assert len({h.tokens for h in hypotheses}) == 3
        scores = [h.score for h in hypotheses]
        assert scores == sorted(scores, reverse=True)


def test_too_long_is_an_error_not_a_cut(engine: Engine, requests: Requests) -> None:
    piece = requests[0].tokens[0]
    with pytest.raises(InputTooLong, match="split"):
        engine.decode([Request(tokens=(piece,) * (engine.max_tokens + 1))])
    with pytest.raises(InputTooLong):
        engine.score([Request(tokens=(piece,) * (engine.max_tokens + 1))])


@pytest.mark.parametrize("piece", ["<unk>", "<t>", "</t>"])
def test_a_prefix_that_no_translation_may_hold_is_refused(
    engine: Engine, requests: Requests, piece: str
) -> None:
    with pytest.raises(ConstraintUnsupported):
        engine.decode([Request(tokens=requests[0].tokens, prefix=(piece,))])


def test_a_prefix_of_another_vocabulary_is_refused(real: Engine, requests: Requests) -> None:
    with pytest.raises(EngineError, match="no piece"):
        real.decode([Request(tokens=requests[0].tokens, prefix=("\u2581Notapiece",))])


def test_inline_terms_leave_no_control_piece(
    engine: Engine, requests: Requests, tokenizer: Tokenizer
) -> None:
    source = requests[0].tokens
    term = ("<t>", *source[:2], "<r>", *tokenizer.encode_target("Kim Jong Un"), "</t>")
    for hypotheses in engine.decode([Request(tokens=(*term, *source[2:]))], n_best=2):
        for h in hypotheses:
            assert set(RESERVED).isdisjoint(h.tokens)


def test_threads_get_their_own_results(engine: Engine, requests: Requests) -> None:
    few = requests[:1]
    expected = texts(best(engine, few, beam_size=1))
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(best, engine, few, beam_size=1) for _ in range(4)]
        assert [texts(job.result()) for job in jobs] == [expected] * 4


def test_float32_is_the_reference(ct2_float32: Engine, marian: Engine, requests: Requests) -> None:
    for beam_size in (1, 4):
        ours = best(ct2_float32, requests, beam_size=beam_size)
        theirs = best(marian, requests, beam_size=beam_size)
        assert texts(ours) == texts(theirs)
        for a, b in zip(ours, theirs, strict=True):
            # Both of CTranslate2's departures, see translate/engines/ct2.py: kernels and suppression.
            assert a.score == pytest.approx(b.score, abs=1e-3 + SUPPRESSED[ct2_float32.name])
            np.testing.assert_allclose(a.attention, b.attention, atol=1e-2)
        forced = [
            Request(tokens=r.tokens, prefix=h.tokens) for r, h in zip(requests, ours, strict=True)
        ]
        for a, b in zip(ct2_float32.score(forced), marian.score(forced), strict=True):
            assert a.score == pytest.approx(b.score, abs=1e-3)


def test_int8_scores_are_near_the_reference(
    ct2: Engine, marian: Engine, requests: Requests
) -> None:
    forced = [
        Request(tokens=r.tokens, prefix=h.tokens)
        for r, h in zip(requests, best(marian, requests), strict=True)
    ]
    for a, b in zip(ct2.score(forced), marian.score(forced), strict=True):
        assert a.score == pytest.approx(b.score, abs=0.1)


def test_unknown_engines_are_refused_with_those_there_are(checkpoint: Checkpoint) -> None:
    with pytest.raises(ConfigError, match=", ".join(ENGINES)):
        open_engine("gpt", checkpoint)


def test_the_fast_engine_needs_no_torch(ct2: Engine) -> None:
    script = (
        "import sys; from models.registry import resolve; from translate.engines import open_engine;"
        "from translate.engines.base import Request; e = open_engine('ct2', resolve('starter'));"
        "e.decode([Request(tokens=('.',))]);"
        "print([m for m in ('torch', 'transformers', 'huggingface_hub') if m in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize(
    "search",
    [
        Search(length_penalty=0.2),
        Search(length_penalty=2.0),
        Search(repetition_penalty=1.3),
        Search(no_repeat_ngram=2),
    ],
)
def test_every_engine_searches_as_asked(
    checkpoint: Checkpoint, requests: Requests, search: Search
) -> None:
    few = requests[:2]
    ours = open_engine("ct2-float32", checkpoint, search=search).decode(few, n_best=2)
    theirs = open_engine("marian", checkpoint, search=search).decode(few, n_best=2)
    for hypotheses in (*ours, *theirs):
        ranks = [search.rank(h) for h in hypotheses]
        assert ranks == sorted(ranks, reverse=True)
    # The best alone: which others are met before a search ends is each library's own.
    for (a, *_), (b, *_) in zip(ours, theirs, strict=True):
        assert a.tokens == b.tokens
        assert a.score == pytest.approx(b.score, abs=2e-3)  # the model's, whatever was searched by


def test_a_search_changes_what_is_found(ct2: Engine, checkpoint: Checkpoint) -> None:
    request = Request(tokens=("\u2581كتاب",) * 24)  # a source that makes any model stammer
    free = best(ct2, [request])[0].tokens
    search = Search(no_repeat_ngram=2)
    held = best(open_engine("ct2", checkpoint, search=search), [request])[0].tokens

    def repeated(tokens: tuple[str, ...]) -> int:
        pairs = list(itertools.pairwise(tokens))
        return len(pairs) - len(set(pairs))

    assert repeated(free) > 0
    assert repeated(held) == 0


def test_a_machine_that_computes_wrongly_is_found_out(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(folder: Path) -> Proof | None:
        known = proof(folder)
        return known and replace(known, score=known.score - 1)

    monkeypatch.setattr("translate.engines.ct2.proof", other)
    with pytest.raises(EngineError, match="computes wrongly on this machine"):
        open_engine("ct2", checkpoint)


@pytest.mark.slow
def test_memory_that_cannot_be_executed_is_an_error_not_nonsense(checkpoint: Checkpoint) -> None:
    """What systemd's MemoryDenyWriteExecute forbids, forbidden by prctl (Linux 6.3)."""
    open_engine("ct2", checkpoint)  # converted
    script = (
        "import ctypes, sys\n"
        "from models.registry import resolve\n"
        "from translate.engines import open_engine\n"
        "if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0): sys.exit(77)\n"
        "open_engine('ct2', resolve('starter'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE")
    assert "computes wrongly on this machine" in done.stderr
