import pytest

from glossary.lint import lint
from glossary.termbase import Termbase
from glossary.types import Term


def rules(*terms, warnings=()):
    return {f.rule for f in lint(Termbase(terms=terms, warnings=warnings))}


@pytest.mark.parametrize(
    ("term", "rule"),
    [
        (Term(source="كيم", target="Kim", kind="person"), "short-name"),
        (Term(source="على", target="on"), "function-word"),
        (Term(source="هد", target="Had", kind="person"), "clitic-ambiguous"),
        (Term(source="123", target="x"), "source-script"),
        (Term(source="روسيا", target="روسيا"), "target-script"),
        (Term(source="روسيا", target="Russia", source_variants=("روسيـا",)), "same-spelling"),
        (Term(source="روسيا", target="Russia", variants=("Russia",)), "same-variant"),
        (Term(source="روسيا", target="Russia", forbidden=("Russia",)), "avoid-agreed"),
        (Term(source="روسيا ", target="Russia"), "edge-space"),
        (Term(source="روسيا", target="Russia\u200f"), "hidden-character"),
        (Term(source="أكراد", target="Kurds", kind="demonym"), "demonym-form"),
    ],
)
def test_a_rule_fires(term, rule):
    assert rule in rules(term)


def test_a_good_entry_has_no_findings():
    good = Term(source="روسيا", target="Russia", kind="place", variants=("Russian Federation",))
    assert rules(good) == set()


def test_duplicates_after_folding():
    first = Term(source="إيران", target="Iran", path="a.po", line=1)
    same = Term(source="ايران", target="Iran", path="a.po", line=5)
    other = Term(source="ايران", target="Persia", path="a.po", line=9)
    (finding,) = lint(Termbase(terms=(first, same)))
    assert (finding.rule, finding.line, finding.severity) == ("duplicate-folded", 5, "warning")
    (finding,) = lint(Termbase(terms=(first, other)))
    assert finding.severity == "error"
    assert str(finding).startswith("a.po:9: error: ")


def test_the_loaders_warnings_are_findings():
    warning = "a.po:7: kind 'fish' is unknown (person); read as term"
    (finding,) = lint(Termbase(terms=(), warnings=(warning,)))
    assert (finding.path, finding.line, finding.rule) == ("a.po", 7, "unknown-kind")
