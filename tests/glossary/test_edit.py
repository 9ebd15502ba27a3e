"""A person's decision about an entry as edits of files."""

import dataclasses

import pytest

from glossary.edit import Edit, foreseen, plan, write
from glossary.errors import GlossaryError, TermConflict
from glossary.termbase import Termbase, add
from glossary.types import Term

MOSCOW = Term(source="موسكو", target="Moscow", kind="place")


@pytest.fixture
def files(tmp_path):
    shipped, own = tmp_path / "shipped.po", tmp_path / "own" / "terms.po"
    add(shipped, MOSCOW)
    add(shipped, Term(source="كييف", target="Kyiv", kind="place"))
    return own, shipped


def load(files) -> Termbase:
    return Termbase.load(path for path in files if path.exists())


def decide(files, term, was=None) -> Termbase:
    """Plan, foresee, write; what was foreseen is what is then read."""
    own, _ = files
    termbase = load(files)
    termbase = dataclasses.replace(termbase, paths=files)
    edits = plan(termbase, term, was=was, own=own, writable=[own])
    then = foreseen(termbase, edits)
    write(edits)
    now = load(files)
    assert now.fingerprint == then.fingerprint
    assert [t.id for t in now.terms] == [t.id for t in then.terms]
    return now


def statuses(termbase):
    return [(t.source, t.target, t.status) for t in termbase.terms]


def test_a_new_term_goes_to_ones_own_file(files):
    now = decide(files, Term(source="لندن", target="London"))
    assert statuses(now)[0] == ("لندن", "London", "approved")
    assert now.terms[0].path == str(files[0])


def test_an_edit_of_a_shipped_term_is_a_copy_that_counts(files):
    before = files[1].read_bytes()
    shipped = load(files).find("موسكو")
    now = decide(files, dataclasses.replace(shipped, target="Moskva"), shipped)
    assert statuses(now) == [("موسكو", "Moskva", "approved"), ("كييف", "Kyiv", "approved")]
    assert [t.target for t in now.masked] == ["Moscow"]
    own = now.find("موسكو")
    now = decide(files, dataclasses.replace(own, target="Muscovy"), own)
    assert [t.target for t in now.terms] == ["Muscovy", "Kyiv"]
    now = decide(files, None, now.find("موسكو"))
    assert [t.target for t in now.terms] == ["Moscow", "Kyiv"]
    assert files[1].read_bytes() == before


def test_a_shipped_term_is_switched_off_and_on(files):
    shipped = load(files).find("موسكو")
    now = decide(files, dataclasses.replace(shipped, status="retired"), shipped)
    assert statuses(now)[0] == ("موسكو", "Moscow", "retired")
    off = now.find("موسكو")
    now = decide(files, dataclasses.replace(off, status="approved"), off)
    assert statuses(now)[0] == ("موسكو", "Moscow", "approved")


def test_a_renamed_shipped_term_does_not_stay_behind(files):
    shipped = load(files).find("موسكو")
    now = decide(files, dataclasses.replace(shipped, source="موسكو الكبرى"), shipped)
    assert ("موسكو", "Moscow", "retired") in statuses(now)
    assert ("موسكو الكبرى", "Moscow", "approved") in statuses(now)


def test_a_proposal_for_a_shipped_term_stands_beside_it(files):
    shipped = load(files).find("موسكو")
    changed = dataclasses.replace(shipped, target="Moskva", status="proposed")
    now = decide(files, changed, shipped)
    assert statuses(now)[:2] == [
        ("موسكو", "Moskva", "proposed"), ("موسكو", "Moscow", "approved"),
    ]  # fmt: skip
    # who then edits the shipped one finds the proposal in the way of the copy, and replaces it
    now = decide(files, dataclasses.replace(shipped, target="Muscovy"), now.find("موسكو"))
    assert statuses(now)[0] == ("موسكو", "Muscovy", "approved")


def test_what_cannot_be(files):
    own, shipped = files
    termbase = load(files)
    moscow = termbase.find("موسكو")
    with pytest.raises(GlossaryError, match="not deleted, but retired"):
        plan(termbase, None, was=moscow, own=own, writable=[own])
    with pytest.raises(GlossaryError, match="choose your own"):
        plan(termbase, dataclasses.replace(moscow, path=str(shipped)), own=own, writable=[own])
    other = dataclasses.replace(moscow, target="x")
    with pytest.raises(TermConflict, match="meanwhile"):
        write([Edit(path=shipped, before=other, after=moscow)])
