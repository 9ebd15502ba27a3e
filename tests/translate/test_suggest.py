"""Suggestions: what a document names and the termbase lacks."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.arabic import fold_text
from glossary.match import Matcher
from glossary.termbase import Termbase, shipped_paths
from glossary.types import Span, Term
from translate.segment import segment
from translate.suggest import Suggestion, suggest
from translate.types import Alignment, Document, Segment, TranslationUnit

DATA = Path(__file__).parents[1] / "data"
TEXTS = {
    name: (DATA / "names" / f"{name}.ar.txt").read_text(encoding="utf-8")
    for name in ("ukraine", "motorsport")
}
WORDS = tuple(dict.fromkeys(" ".join(TEXTS.values()).split()))


def untranslated(text: str) -> Document:
    segments, after = segment(text)
    units = tuple(TranslationUnit(segment=one) for one in segments)
    return Document(name="x", units=units, after=after)


def of(text: str, *terms: Term) -> list[Suggestion]:
    return suggest(untranslated(text), Termbase(terms=terms), Matcher(terms))


@pytest.fixture(scope="module")
def shipped() -> tuple[Termbase, Matcher]:
    termbase = Termbase.load(shipped_paths())
    return termbase, Matcher(termbase.terms)


@pytest.mark.parametrize("name", TEXTS)
def test_the_names_of_the_tuning_articles_are_found(
    name: str, shipped: tuple[Termbase, Matcher]
) -> None:
    rows = (DATA / "names" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    listed = {
        fold_text(source): kind
        for source, _, kind, how in (row.split("\t") for row in rows)
        if how == "name" and kind == "person" and not shipped[1].match(source)
    }
    suggested = {fold_text(s.source): s.kind for s in suggest(untranslated(TEXTS[name]), *shipped)}
    assert len(listed.keys() & suggested.keys()) >= 0.7 * len(listed)
    right = [suggested[source] == kind for source, kind in listed.items() if source in suggested]
    assert sum(right) >= 0.8 * len(right)


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_deterministic_and_never_repeats_the_termbase(
    name: str, shipped: tuple[Termbase, Matcher]
) -> None:
    document = untranslated(TEXTS[name])
    first = suggest(document, *shipped)
    assert first == suggest(document, *shipped)
    have = {fold_text(s) for t in shipped[0].terms for s in (t.source, *t.source_variants)}
    for one in first:
        assert one.source.strip()
        assert one.mentions
        assert 0 < one.confidence < 1
        assert fold_text(one.source) not in have
    assert len({one.source for one in first}) == len(first)


@pytest.mark.parametrize("status", ["approved", "proposed", "retired"])
def test_what_was_suggested_and_added_is_not_suggested_again(status: str) -> None:
    text = TEXTS["motorsport"]
    terms = tuple(replace(one.term, target="X", status=status) for one in of(text))  # type: ignore[arg-type]
    assert terms
    again = {one.source for one in of(text, *terms)}
    assert not again & {term.source for term in terms}


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sets(st.sampled_from(WORDS), max_size=5))
@settings(max_examples=25)
def test_in_any_text_nothing_the_termbase_has(pieces: list[str], have: set[str]) -> None:
    terms = tuple(
        Term(source=word, target="X", kind="person", status="proposed" if n % 2 else "approved")
        for n, word in enumerate(sorted(have))
    )
    found = of(" ".join(pieces), *terms)
    assert found == of(" ".join(pieces), *terms)
    assert not {one.source for one in found} & have
    assert all(one.source.strip() and one.target is not None for one in found)


def test_an_entry_to_propose() -> None:
    (one,) = of("وقال الجنرال كافتارادزي أمس")
    assert one.kind == "person"
    assert "after a title" in one.why
    assert one.term.status == "proposed"
    assert one.term.note.startswith("suggested: ")


def aligned(source: str, target: str, *links: tuple[int, int]) -> TranslationUnit:
    from translate.align import words

    return TranslationUnit(
        segment=Segment(id=f"{source}{target}", source=source, kind="sentence", paragraph=0),
        target=target,
        alignment=Alignment(source_words=words(source), target_words=words(target), links=links),
    )


def test_the_rendering_is_the_translations_if_it_sounds_so() -> None:
    units = (
        aligned("قال كافتارادزي", "yesterday Kavtaradze said", (0, 2), (1, 1)),
        aligned("وصل كافتارادزي", "then Kaftaradze arrived", (0, 2), (1, 1)),
        aligned("عاد كافتارادزي", "then Kavtaradze returned", (0, 2), (1, 1)),
    )
    (one,) = suggest(Document(name="x", units=units), Termbase(terms=()), Matcher(()))
    assert one.target == "Kavtaradze"
    assert one.renderings == (("Kavtaradze", 2), ("Kaftaradze", 1))
    assert {"rendered in several ways", "capital in English", "recurs (3)"} <= set(one.why)
    assert [m.target_span for m in one.mentions] == [Span(10, 20), Span(5, 15), Span(5, 15)]


def test_a_rendering_of_another_sound_is_not_taken() -> None:
    units = (aligned("وقال الجنرال كافتارادزي", "the General Moscow", (1, 1), (2, 2)),)
    (one,) = suggest(Document(name="x", units=units), Termbase(terms=()), Matcher(()))
    assert one.target.startswith("Kaf")


def test_cldr_comes_first() -> None:
    (one,) = of("بلغت قيمته دولار كندي واحد")
    assert (one.target, one.kind) == ("Canadian dollar", "term")
    assert "CLDR" in one.why


def test_the_termbases_own_family_name_is_used() -> None:
    terms = (Term(source="كافتارادزي", target="Kavtaradze", kind="person"),)
    found = {one.source: one.target for one in of("سيرغي كافتارادزي", *terms)}
    assert found in ({}, {"سيرغي كافتارادزي": "Sergei Kavtaradze"}, {"سيرغي": "Sergei"})


def test_no_text_no_suggestion() -> None:
    assert of("") == []
    assert of("Only English, 1 2 3.") == []


def test_an_article_takes_less_than_a_second(shipped: tuple[Termbase, Matcher]) -> None:
    document = untranslated(TEXTS["ukraine"] + TEXTS["motorsport"])
    suggest(untranslated(TEXTS["ukraine"]), *shipped)  # the word lists are read once
    started = time.process_time()
    suggest(document, *shipped)
    assert time.process_time() - started < 1


@pytest.mark.slow
def test_two_thousand_segments_take_less_than_fifteen_seconds(
    shipped: tuple[Termbase, Matcher],
) -> None:
    lines = "\n".join(TEXTS.values()).splitlines()
    units = tuple(
        TranslationUnit(
            segment=Segment(id=str(n), source=lines[n % len(lines)], kind="sentence", paragraph=n)
        )
        for n in range(2000)
    )
    started = time.process_time()
    suggest(Document(name="x", units=units), *shipped)
    assert time.process_time() - started < 15
