"""XLIFF of other programs: what wants a translation gets one, in the same version; nothing else changes."""

import re
from pathlib import Path

import pytest
from lxml import etree

from glossary.markup import Element, children, name_of
from tests.translate.documents.conftest import SAMPLES, translated
from translate.documents import FORMATS
from translate.errors import FormatError

NASTY = {version: SAMPLES / f"nasty{end}" for version, end in {"2.1": ".xlf", "1.2": ".12.xlf"}.items()}  # fmt: skip
OTHERS = SAMPLES.parent / "exchange"
versions = pytest.mark.parametrize("version", NASTY)


def english(data: bytes) -> str:
    return translated(data, ".xlf")[1].decode()


def old(body: str, **languages: str) -> bytes:
    said = {"source-language": "ar"} | {k.replace("_", "-"): v for k, v in languages.items()}
    attributes = " ".join(f'{key}="{value}"' for key, value in said.items())
    return (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        f"<file {attributes}><body>{body}</body></file></xliff>"
    ).encode()


def unit(source: str, target: str = "", **attributes: str) -> str:
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<trans-unit id="1"{said}><source>{source}</source>{target}</trans-unit>'


def targets(written: str) -> list[str]:
    return re.findall(r"<target[^>]*>(.*?)</target>", written, re.DOTALL)


def test_the_nasty_file_of_2() -> None:
    written = english(NASTY["2.1"].read_bytes())
    assert targets(written) == [
        'w1 <pc id="1">w2</pc> w3 <ph id="2"/> w4 ',
        'w1 <sc id="3"/>w2<ec startRef="3"/> w3<!-- سر -->',
        "translated by a person",
        "w1",
        'w1 w2\nw1 <pc id="4">w2 \nw3</pc>\n12\n<mrk id="m1" translate="no">محمي</mrk> w1<cp hex="0007"/>',
    ]
    assert '<segment id="s1" state="translated">' in written
    assert '<segment state="final"><source>مترجم' in written
    assert 'version="2.1" srcLang="ar-EG" trgLang="en-GB"' in written


def test_a_file_that_has_targets_says_their_language() -> None:
    unsaid = (
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="ar"><file id="f">'
        '<unit id="u"><segment><source>نص</source></segment></unit></file></xliff>'
    )
    assert 'version="2.0" srcLang="ar" trgLang="en">' in english(unsaid.encode())


def test_the_nasty_file_of_12() -> None:
    written = english(NASTY["1.2"].read_bytes())
    bold = '<bpt id="1">&lt;b&gt;</bpt>w2<ept id="1">&lt;/b&gt;</ept>'
    assert targets(written) == [
        'w1 <g id="1">w2</g> <x id="2"/>w3',
        f'<mrk mtype="seg" mid="0">w1 w2</mrk> <mrk mtype="seg" mid="1">w1 {bold} </mrk>',
        "other",
        'w1 <mrk mtype="protected">دمشق</mrk>',
        "somebody's",
    ]
    made = 'state="needs-review-translation"'
    assert f'<target {made} xml:lang="en-GB" state-qualifier="leveraged-mt">w1 <g' in written
    assert written.count(made) == 3
    assert '<trans-unit id="1" approved="no">' in written
    assert 'target-language="en"' in written


def without_targets(data: bytes) -> bytes:
    """What must be as it was: all but the targets, what they are, and white space between elements."""
    root = etree.fromstring(data)
    for element in list(root.iter(etree.Element)):
        for name in ("state", "subState", "approved", "trgLang", "target-language"):
            element.attrib.pop(name, None)
        holder = element.getparent()
        if name_of(element) == "target" and name_of(holder) in ("segment", "trans-unit"):
            holder.remove(element)
        if name_of(element) in ("segment", "trans-unit"):
            element.text = None
            for inner in element:
                inner.tail = None
    return etree.tostring(root, method="c14n", with_comments=True)


@pytest.mark.parametrize("path", [*NASTY.values(), *sorted(OTHERS.glob("*.xlf"))], ids=lambda p: p.name)  # fmt: skip
def test_nothing_but_targets_changes(path: Path) -> None:
    data = untranslated(path.read_bytes())
    assert without_targets(english(data).encode()) == without_targets(data)


def untranslated(data: bytes) -> bytes:
    root = etree.fromstring(data)
    for target in list(root.iter("{*}target")):
        if name_of(target.getparent()) in ("segment", "trans-unit"):
            target.getparent().remove(target)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


@pytest.mark.parametrize("path", sorted(OTHERS.glob("*.xlf")), ids=lambda p: p.name)
def test_files_of_other_programs(path: Path) -> None:
    """Every segment of theirs gets a target of as many words as its source."""
    root = etree.fromstring(english(untranslated(path.read_bytes())).encode())
    pairs = [pair(holder) for holder in root.iter("{*}segment", "{*}trans-unit")]
    assert len(pairs) >= 5
    for source, target in pairs:
        assert len(target.split()) == len(source.split())
        assert re.fullmatch(r"(w\d+\s*)+", target)


def pair(holder: Element) -> list[str]:
    return ["".join(one.itertext()) for one in children(holder, "source", "target")]


@versions
def test_what_is_translated_is_done(version: str) -> None:
    data = english(NASTY[version].read_bytes()).encode()
    with pytest.raises(FormatError, match="no Arabic segment without a translation in it"):
        FORMATS[".xlf"].read(data, "a.xlf")


@pytest.mark.parametrize("target", ["", "<target/>", "<target> <x id='1'/></target>", "<target><!-- x --></target>", "<target>نص</target>"])  # fmt: skip
def test_what_is_no_translation(target: str) -> None:
    assert targets(english(old(unit("نص", target)))) == ["w1"]


@pytest.mark.parametrize("source", ["نص ", " نص", "\tنص "])
def test_white_space_between_segments_stays(source: str) -> None:
    assert targets(english(old(unit(source)))) == [source.replace("نص", "w1")]


@pytest.mark.parametrize("source", ["\nنص\n", "نص\n\nنص ", "12\nنص"])
def test_lines_stay_lines_where_white_space_is_preserved(source: str) -> None:
    preserved = old(f'<group xml:space="preserve">{unit(source)}</group>')
    assert targets(english(preserved)) == [source.replace("نص", "w1")]
    assert "\n" not in targets(english(old(unit(source))))[0]


def test_without_a_namespace() -> None:
    data = old(unit("نص")).replace(b' xmlns="urn:oasis:names:tc:xliff:document:1.2"', b"")
    assert "<target " in english(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (old(unit("نص"), source_language="de"), "'de' to ''; Arabic to English is wanted"),
        (old(unit("نص"), target_language="fr"), "'ar' to 'fr'; Arabic to English is wanted"),
        (old(unit("نص")).replace(b'"1.2"', b'"3.0"', 1), "2.0 to 2.2 and 1.2 can be read"),
        (old(unit("نص", translate="no")), "nothing to translate"),
        (old(unit("نص", "<target>text</target>")), "nothing to translate"),
        (old(""), "nothing to translate"),
        ("<html>نص</html>".encode(), "not XLIFF"),
        ("نص".encode(), "not well-formed XML"),
        (old(unit("<g>" * 100 + "نص" + "</g>" * 100)), "nested too deeply"),
    ],
)
def test_what_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=re.escape(said)):
        FORMATS[".xlf"].read(data, "a.xlf")
