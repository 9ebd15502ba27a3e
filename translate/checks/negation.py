"""A negation that one side has and the other has not: the mistake that turns a report round.

Only sure words count on the side that has it, and any hint of negation on the other is enough to be silent.
"""

import re
from collections.abc import Iterator

from glossary.arabic import fold_text
from glossary.types import Span
from translate.checks.base import Pair, Place
from translate.checks.numerals import Token


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold_text(word) for word in words.split())


_SURE = _folded("لم لن ليس ليست ليسوا لسنا لسن ليسا")
_BEFORE_VERBS = frozenset(("لم", "لن"))  # لم شمل is a reunion
_NO = "لا"
# What لا is no negation before, or where English says it otherwise: still, must, especially, at least, at most ...
_IDIOMS = _folded(
    "يزال تزال نزال يزالون تزالون يزالان أزال زال زالت زالوا زلنا بد شك ريب سيما محالة غرو جرم مفر مناص يعدو تعدو "
    "يقل تقل يقلون يتجاوز تتجاوز يتعدى تتعدى يزيد تزيد يتجزأ تتجزأ يستهان حصر تحصى يحصى يخفى بأس حول "
    "تحمد نهائي نهائية سلكي سلكية سلكيا مركزية إرادي يكاد تكاد يلبث يفتأ ينفك"
)
_EXCEPTIVE = _folded("إلا سوى غير لولا")  # "nothing but" is "only"
_DENIALS = frozenset(before + word for before in ("", "و", "ف") for word in (*_SURE, _NO))
_VERB = re.compile(r"[ايتن][\u0621-\u064a]{2,}")
_HINT = re.compile(
    r"(?<!\w)[وف]?لا[يتن]\w{2,}|"
    r"(?<!\w)[وف]?(?:لا|لم|لما|لن|ليس\w*|لسنا|لست|ما|مش|غير\w*|[بل]غير|[ال]*عدم\w*|بعدم|لعدم|دون|بدون|ابدا|الابتعاد|بلا|فلا|الا|لئلا|ليلا|كيلا|كلا|سوي|لولا|بل|"
    r"قبل|قلما|بينما|انما|بعيدا|خلافا|ضد)(?!\w)"
    r"|رفض|نفي|نفت|ينف|تنف|ناف|منع|فشل|استبع|حظر|عجز|عاجز|امتن|يمتن|مستحيل|تعذر|يتعذر|متعذر|غياب|غاي?ب|انعد|انكر|ينكر|خلو|خال|"
    r"تجنب|يتجنب|تفاد|كذب|نادر|يحول|تحول|حال |صعب|رغم|افتق|يفتق|نقص|قل[هةت]|توقف|احجم|لافت|ممنوع|محروم|حرم|اخفق|"
    r"اعتذ|تذكر|مقاطع|خسر|ترك|اقل|بعد|محال|لئن|منقوص|فقد|استحال|الغ|لاغ|تخل|ممتنع|مجهول|منتف|يجهل|جهل|وقف"
)
_STRONG = frozenset({"not", "cannot", "never", "neither", "nor", "none", "nobody", "nothing"})
_HINTS = """
no nowhere without lack lacks lacked lacking absence absent fail fails failed failing failure unable
refuse refuses refused refusing refusal deny denies denied denying denial reject rejects rejected
rejecting rejection prevent prevents prevented preventing impossible hardly barely scarcely rarely
seldom except rather avoid avoids avoided avoiding stop stops stopped yet unless until ban bans
banned banning prohibit prohibited prohibits forbidden forbids forbid exclude excluded excludes
excluding ruled short few hard difficult little less least refrain refrained miss missed missing
zero nil illegal irregular invalid incapable inability insufficient inadequate incomplete
inappropriate unlike dismiss dismissed dispute disputed beyond declined decline declines opposed
oppose opposes opposition incorrect inaccurate endless too nonexistent ignore ignored ignores empty
cease ceased impunity neglect neglected exempt insecure immoral impractical inconsistent ineffective
inevitable involuntary irrelevant irresponsible insignificant intolerable irreplaceable inseparable
incomparable haven hasn isn aren wasn weren don doesn didn won wouldn couldn shouldn
"""
_WEAK = frozenset(_HINTS.split())
_PREFIXED = re.compile(
    r"non[a-z]*|un(?!der|ion|it|iv|til|iq|cle|an[ai]|ifi|ify|ifo|veil|leash|icef|esco)[a-z]{4,}|dis(?!c|p|t|s|m|ab|or|gu|ea|ru)[a-z]{4,}|[a-z]{3,}less(?:ly|ness)?|[a-z]+n['’]t|i[nmlr][a-z]+[aeiu]ble"
)


def negation(pair: Pair) -> Iterator[Place]:
    """Lost: the source denies, the target doesn't. Added: the other way round."""
    if not pair.target.strip():
        return
    lost = _denial(pair)
    if lost is not None:
        if not _hinted(pair):
            span = pair.source_span(lost.start, lost.end)
            yield Place(f"the negation is lost: {span.of(pair.source)}", span)
        return
    if (
        _STRONG.isdisjoint(pair.target_words)
        and "n't" not in pair.lower
        and "n’t" not in pair.lower
    ):
        return
    added = next((t for t in pair.target_tokens if t.text in _STRONG or _contracted(t.text)), None)
    if added and not _HINT.search(pair.folded.text):
        span = Span(added.start, added.end)
        yield Place(f"a negation that the source has not: {span.of(pair.target)}", None, span)


def _contracted(word: str) -> bool:
    return word.endswith(("n't", "n’t"))


def _denial(pair: Pair) -> Token | None:
    """The first sure negation of the source, unless it is one of "only" or an idiom."""
    if _DENIALS.isdisjoint(pair.source_words) or not _EXCEPTIVE.isdisjoint(pair.source_words):
        return None
    tokens = pair.source_tokens
    for at, token in enumerate(tokens):
        word = token.text
        if word[0] in "وف" and len(word) > 2:
            word = word[1:]
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        son = at and tokens[at - 1].text in ("بن", "ابن")  # ابن فليس is a name
        if son or after in _IDIOMS:
            continue
        if word in _SURE and word not in _BEFORE_VERBS:
            return token
        if (word in _BEFORE_VERBS or word == _NO) and _VERB.fullmatch(after):
            return token
    return None


def _hinted(pair: Pair) -> bool:
    words = pair.target_words
    return (
        not _STRONG.isdisjoint(words)
        or not _WEAK.isdisjoint(words)
        or any(_PREFIXED.fullmatch(word) for word in words)
    )
