"""BLEU, chrF and TER: sacrebleu is the oracle, published figures the anchor."""

from pathlib import Path

import pytest
import sacrebleu

from translate.evaluate.scores import corpus_scores, differences, sentence_chrf

N = 25


def lines(data: Path, name: str) -> list[str]:
    return (data / "eval" / name).read_text(encoding="utf-8").splitlines()[:N]


@pytest.fixture(scope="module")
def reference() -> list[str]:
    return lines(Path(__file__).parents[2] / "data", "flores-dev.en")


def test_scores_are_sacrebleus(data: Path, reference: list[str]) -> None:
    outputs = lines(data, "flores-dev.google.en")
    found = {score.name: score.value for score in corpus_scores(outputs, reference)}
    assert found == {
        "BLEU": sacrebleu.corpus_bleu(outputs, [reference]).score,
        "chrF": sacrebleu.corpus_chrf(outputs, [reference]).score,
        "TER": sacrebleu.corpus_ter(outputs, [reference]).score,
    }


def test_every_score_has_a_signature(reference: list[str]) -> None:
    bleu, chrf, ter = corpus_scores(reference, reference)
    assert (bleu.value, chrf.value, ter.value) == (pytest.approx(100), pytest.approx(100), 0)
    assert bleu.signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert chrf.signature.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")
    assert ter.signature.startswith("nrefs:1|case:lc|tok:tercom|")


def test_a_better_system_is_significantly_better(data: Path, reference: list[str]) -> None:
    google, argos = (lines(data, f"flores-dev.{name}.en") for name in ("google", "argos"))
    found = {one.name: one for one in differences(google, argos, reference)}
    for name in ("BLEU", "chrF"):
        assert found[name].ours > found[name].theirs
        assert found[name].p < 0.05
    assert found["TER"].ours < found["TER"].theirs
    assert "bs:1000|seed:" in found["BLEU"].signature


def test_a_system_against_itself_is_no_difference(data: Path, reference: list[str]) -> None:
    argos = lines(data, "flores-dev.argos.en")
    for one in differences(argos, argos, reference):
        assert one.ours == one.theirs
        assert one.p == 1


def test_sentence_chrf_is_sacrebleus(data: Path, reference: list[str]) -> None:
    outputs = lines(data, "flores-dev.argos.en")
    expected = [
        sacrebleu.sentence_chrf(o, [r]).score for o, r in zip(outputs, reference, strict=True)
    ]
    assert sentence_chrf(outputs, reference) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "bleu", "chrf"),
    # As measured with sacrebleu's own command on the same files.
    [("google", 46.0, 70.4), ("opusmt", 33.9, 60.8), ("argos", 30.0, 57.2)],
)
def test_figures_of_peers(data: Path, system: str, bleu: float, chrf: float) -> None:
    read = [
        (data / "eval" / f"flores-dev.{name}en").read_text(encoding="utf-8").splitlines()
        for name in (f"{system}.", "")
    ]
    found = corpus_scores(*read)
    assert [round(found[0].value, 1), round(found[1].value, 1)] == [bleu, chrf]
