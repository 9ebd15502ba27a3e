"""Fragments of XML: cuts, marks, and every other byte as it was."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from translate.serve.tags import Fragment, TagError
from translate.serve.types import Tags

NAMES = st.sampled_from(["b", "i", "p", "x"])
TEXTS = st.sampled_from(["وصل", "الوفد إلى", " موسكو. ", "BBC", " ", "&amp;", "٢ &lt; ٣"])


def _element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    whole = st.builds(lambda name, inside: f"<{name} id='1'>{inside}</{name}>", NAMES, inner)
    return st.lists(
        st.one_of(TEXTS, whole, st.just("<x/>"), st.just("<!-- وصل -->")), max_size=4
    ).map("".join)


FRAGMENTS = st.recursive(TEXTS, _element, max_leaves=12)
TAGS = st.builds(
    Tags,
    ignored=st.frozensets(NAMES, max_size=1),
    splitting=st.frozensets(NAMES, max_size=1),
    joining=st.frozensets(NAMES, max_size=1),
    outline=st.booleans(),
)


def texts(fragment: str, **tags: object) -> list[str]:
    return [block.text for block in Fragment(fragment, Tags(**tags)).blocks]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fragment", "found"),
    [
        ("وصل <b>الوفد</b> أمس", ["وصل الوفد أمس"]),
        ("<p>وصل</p> <p>عاد</p>", ["وصل", "عاد"]),
        ("<doc><t>وصل</t><p>عاد <i>الوفد</i></p></doc>", ["وصل", "عاد الوفد"]),
        ("<p>BBC</p>", []),
        ("وصل &amp; عاد", ["وصل & عاد"]),
    ],
)
def test_the_outline_is_cut(fragment: str, found: list[str]) -> None:
    assert texts(fragment) == found


def test_without_the_outline_only_named_elements_cut() -> None:
    fragment = "<p>وصل</p> <p>عاد</p>"
    assert texts(fragment, outline=False) == ["وصل عاد"]
    assert texts(fragment, outline=False, splitting=frozenset({"p"})) == ["وصل", "عاد"]
    assert texts(fragment, joining=frozenset({"p"})) == ["وصل عاد"]


def test_what_is_ignored_is_not_translated() -> None:
    fragment = "وصل <k>موسكو <b>كييف</b></k> أمس <k>عاد</k>"
    assert texts(fragment, ignored=frozenset({"k"})) == ["وصل أمس"]


def test_the_rest_stays_byte_for_byte() -> None:
    fragment = Fragment("\n<p\tid='a>b'>  وصل &amp; عاد </p ><!-- x --><q/>\n", Tags())
    assert fragment.written(fragment.blocks) == (
        "\n<p\tid='a>b'>  وصل &amp; عاد </p ><!-- x --><q/>\n"
    )


@pytest.mark.parametrize(
    "broken",
    ["<p>وصل", "وصل</p>", "<p><b>وصل</p></b>", "وصل < عاد", "<p", "<b>" * 60 + "</b>" * 60],
)
def test_what_is_not_well_formed_is_refused(broken: str) -> None:
    with pytest.raises(TagError):
        Fragment(broken, Tags())


@example(" موسكو. <x/><b id='1'> </b>وصل", Tags())  # an empty element, after a space and another
@given(FRAGMENTS, TAGS)
def test_written_as_read_nothing_is_lost(text: str, tags: Tags) -> None:
    fragment = Fragment(text, tags)
    written = fragment.written(fragment.blocks)
    assert "".join(written.split()) == "".join(text.split())
    assert [b.text for b in Fragment(written, tags).blocks] == [b.text for b in fragment.blocks]
