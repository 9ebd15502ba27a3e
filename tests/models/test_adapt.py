"""Adapting: what is held out, when the result is refused, what its card says; and once, a model that learns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import adapt, convert
from models.adapt import Adaptation, Comparison, Split, split, usable, verdict
from models.checkpoint import open_checkpoint
from models.errors import CheckpointError
from models.training.pairs import NoPair, Text, read_pairs

GOOD = Comparison(lines=200, before=40.0, after=45.0, p=0.001)
LEVEL = Comparison(lines=90, before=50.0, after=49.5, p=0.2)


def pairs(number: int) -> list[Text]:
    return [
        (f"هذه جملة رقم {i} من النص", f"This is sentence {i} of the text") for i in range(number)
    ]


# What is held out


@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), st.text(max_size=3)), max_size=60))
def test_nothing_is_lost_and_no_source_is_in_two_parts(given: list[Text]) -> None:
    found = split(given)
    assert sorted([*found.train, *found.dev, *found.test]) == sorted(given)
    sources = [{source for source, _ in part} for part in (found.train, found.dev, found.test)]
    assert sum(map(len, sources)) == len(set.union(*sources))


def test_the_same_pairs_are_held_out_in_any_order() -> None:
    there, back = split(pairs(500)), split(pairs(500)[::-1])
    assert there == back
    assert (len(there.test), len(there.dev), len(there.train)) == (100, 50, 350)
    assert len(split(pairs(5000)).test) == 200
    shares = split(pairs(300), test=0.3, dev=0.2)
    assert (len(shares.test), len(shares.dev), len(shares.train)) == (90, 60, 150)


def test_what_is_left_out_is_counted() -> None:
    bad = [pairs(1)[0], NoPair("not approved"), ("", "x"), ("عربي عربي", "عربي عربي")]
    kept, dropped = usable([*pairs(3), *bad])
    assert kept == pairs(3)
    assert dropped == {"duplicate": 1, "not approved": 1, "empty": 1, "script": 1}


def test_the_general_sentences_that_ship_are_all_usable() -> None:
    kept, dropped = usable(read_pairs(adapt.GENERAL))
    assert len(kept) == 300
    assert not dropped


# The verdict


def test_a_gain_without_forgetting_is_taken() -> None:
    assert verdict(GOOD, LEVEL, Adaptation()) == ()


@pytest.mark.parametrize(
    ("domain", "general", "said"),
    [
        (replace(GOOD, p=0.3), LEVEL, "no sure gain"),
        (replace(GOOD, after=39.0), LEVEL, "went from 40.0 to 39.0"),
        (replace(GOOD, after=40.0, p=1.0), LEVEL, "no sure gain"),
        (GOOD, replace(LEVEL, after=48.9), "fell from 50.0 to 48.9, more than 1"),
    ],
)
def test_anything_else_is_refused(domain: Comparison, general: Comparison, said: str) -> None:
    (reason,) = verdict(domain, general, Adaptation())
    assert said in reason


def test_the_margin_is_the_users() -> None:
    fallen = replace(LEVEL, after=48.0)
    assert verdict(GOOD, fallen, Adaptation(margin=1.9))
    assert not verdict(GOOD, fallen, Adaptation(margin=2.1))


# The whole way, with a toy that is trained for a step; translations and scores are given


def settings() -> Adaptation:
    return Adaptation(rounds=2, minutes=1, batch_tokens=4000, processes=1)


def echo(folder: Path, sources: Sequence[str]) -> list[str]:
    return [f"This is what {folder.name} made of it" for _ in sources]


def compare(
    domain: Comparison, general: Comparison, choosing: Sequence[Comparison] = (LEVEL,)
) -> Callable[..., Comparison]:
    told = iter((*choosing, domain, general))

    def told_next(
        before: Sequence[str], after: Sequence[str], references: Sequence[str]
    ) -> Comparison:
        assert len(before) == len(after) == len(references)
        return replace(next(told), lines=len(references))

    return told_next


def test_a_better_model_is_written_with_its_card(toy: Path, tmp_path: Path) -> None:
    out, said = tmp_path / "ours", list[str]()
    outcome = adapt.adapt(
        open_checkpoint(toy), pairs(120), out,
        translate=echo, compare=compare(GOOD, LEVEL), settings=settings(), report=said.append,
    )  # fmt: skip
    assert outcome.folder == out
    assert outcome.reasons == ()
    made = open_checkpoint(out)  # whole, and the sha256 of its card is that of its weights
    assert made.name == "ours"
    assert made.sha256 == made.card.sha256 != open_checkpoint(toy).sha256
    card = (out / "README.md").read_text(encoding="utf-8")
    assert f"base_model: {open_checkpoint(toy).label}" in card
    assert "| held-out pairs of the memory | 24 | 40.00 | 45.00 | 0.001 |" in card
    assert "| general sentences | 90 | 50.00 | 49.50 | 0.200 |" in card
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
    assert "100% was taken" in " ".join(card.split())
    assert any("round 1 of at most 2" in line for line in said)


def test_a_worse_model_leaves_nothing(toy: Path, tmp_path: Path) -> None:
    outcome = adapt.adapt(
        open_checkpoint(toy), pairs(120), tmp_path / "ours",
        translate=echo, compare=compare(GOOD, replace(LEVEL, after=30.0)), settings=settings(),
    )  # fmt: skip
    assert outcome.folder is None
    assert "fell from 50.0 to 30.0" in outcome.reasons[0]
    assert outcome.rounds[1] in (1, 2)
    assert list(tmp_path.iterdir()) == []


def fallen(points: float) -> Comparison:
    return replace(LEVEL, after=LEVEL.before - points)


@pytest.mark.parametrize(
    ("losses", "share"),
    [((1,), 1.0), ((1.1, 0.9), 0.75), ((4, 3, 2, 1.5), 0.25)],
)
def test_as_much_is_taken_as_general_sentences_bear(
    toy: Path, tmp_path: Path, losses: Sequence[float], share: float
) -> None:
    """A point at most, by sentences that neither training nor the verdict sees."""
    judged, asked = (
        list[tuple[str, tuple[str, ...]]](),
        compare(GOOD, LEVEL, [*map(fallen, losses)]),
    )

    def watched(folder: Path, sources: Sequence[str]) -> list[str]:
        judged.append((folder.name, tuple(sources)))
        return echo(folder, sources)

    outcome = adapt.adapt(
        open_checkpoint(toy), pairs(120), tmp_path / "ours",
        translate=watched, compare=asked, settings=settings(),
    )  # fmt: skip
    assert outcome.share == share
    assert outcome.folder == tmp_path / "ours"
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
    card = (outcome.folder / "README.md").read_text(encoding="utf-8")
    assert f"{share:.0%} was taken" in " ".join(card.split())
    sets = [set(sources) for _, sources in judged]
    replayed, choosing, domain, general = sets[0], sets[1], sets[-3], sets[-1]
    assert [len(one) for one in (replayed, choosing, domain, general)] == [150, 60, 24, 90]
    assert len(replayed | choosing | domain | general) == 324
    assert judged[-1][0] == ("best" if share == 1 else f"share-{share:g}")


def converting(folder: Path, sources: Sequence[str]) -> list[str]:
    """As an engine does that keeps what it converts."""
    made = convert._folder(open_checkpoint(folder), "int8")
    made.mkdir(parents=True, exist_ok=True)
    (made / "model.bin").touch()
    convert._lock(made).touch()
    return echo(folder, sources)


def cached() -> set[str]:
    return {path.name for path in convert._cache().iterdir()}


@pytest.mark.parametrize(
    ("choosing", "general"),
    [((LEVEL,), LEVEL), ((fallen(2), LEVEL), LEVEL), ((fallen(2), LEVEL), fallen(20))],
)
def test_what_judging_converted_stays_only_if_it_is_taken(
    toy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    choosing: Sequence[Comparison],
    general: Comparison,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    start = open_checkpoint(toy)
    converting(toy, [])
    before = cached()
    outcome = adapt.adapt(
        start, pairs(120), tmp_path / "ours",
        translate=converting, compare=compare(GOOD, general, choosing), settings=settings(),
    )  # fmt: skip
    if outcome.folder:
        (kept,) = convert.conversions(open_checkpoint(outcome.folder))
        assert cached() == {*before, kept.folder.name, convert._lock(kept.folder).name}
    else:
        assert cached() == before


@pytest.mark.parametrize("name", ["ours: news", "yes", "'"])
def test_a_model_of_any_name_can_be_opened(toy: Path, tmp_path: Path, name: str) -> None:
    adapt.adapt(
        open_checkpoint(toy), pairs(120), tmp_path / name,
        translate=echo, compare=compare(GOOD, LEVEL), settings=replace(settings(), rounds=1),
    )  # fmt: skip
    assert open_checkpoint(tmp_path / name).name == name


def test_too_little_to_learn_from_is_said(toy: Path, tmp_path: Path) -> None:
    few = [*pairs(20), NoPair("not approved")]
    with pytest.raises(
        CheckpointError, match=r"only 20 usable pairs.*at least 100.*1 not approved"
    ):
        adapt.adapt(
            open_checkpoint(toy), few, tmp_path / "o", translate=echo, compare=compare(GOOD, LEVEL)
        )


def test_too_little_of_other_text_is_said(toy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tsv"
    other.write_text("".join(f"{s}\t{t}\n" for s, t in pairs(99)), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"other.tsv: only 99 usable pairs of other text"):
        adapt.adapt(
            open_checkpoint(toy), pairs(120), tmp_path / "o",
            translate=echo, compare=compare(GOOD, LEVEL), general=other,
        )  # fmt: skip


def test_nothing_is_overwritten(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="exists already"):
        adapt.adapt(
            open_checkpoint(toy), pairs(120), tmp_path, translate=echo, compare=compare(GOOD, LEVEL)
        )
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing(toy: Path, tmp_path: Path) -> None:
    def broken(folder: Path, sources: Sequence[str]) -> list[str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt.adapt(
            open_checkpoint(toy), pairs(120), tmp_path / "ours",
            translate=broken, compare=compare(GOOD, LEVEL),
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_held_out_is_not_trained_on(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = list[tuple[set[str], Split]]()
    real = adapt.prepare

    def watched(sources: Sequence[object], *rest: object, **options: object) -> object:
        text = "".join(source.path.read_text("utf-8") for source in sources)  # type: ignore[attr-defined]
        prepared.append(({line.split("\t")[0] for line in text.splitlines()}, split(pairs(120))))
        return real(sources, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(adapt, "prepare", watched)
    adapt.adapt(
        open_checkpoint(toy), pairs(120), tmp_path / "ours",
        translate=echo, compare=compare(GOOD, LEVEL), settings=settings(),
    )  # fmt: skip
    ((trained, held),) = prepared
    assert {source for source, _ in held.train} <= trained
    assert trained.isdisjoint(source for source, _ in (*held.test, *held.dev))
    general = split(usable(read_pairs(adapt.GENERAL))[0], test=0.3, dev=0.2)
    assert trained.isdisjoint(source for source, _ in (*general.test, *general.dev))
    assert {source for source, _ in general.train} <= trained
