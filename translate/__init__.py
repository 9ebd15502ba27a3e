"""Arabic articles into English with agreed names and terms: load a Translator once, translate many texts."""

from typing import TYPE_CHECKING, Any

from translate.types import Document, Segment, TranslationUnit, Verdict

if TYPE_CHECKING:
    from translate.pipeline import Translator

__all__ = ["Document", "Segment", "TranslationUnit", "Translator", "Verdict"]


def __getattr__(name: str) -> Any:
    """Import Translator, and with it the engine's libraries, when it is first asked for."""
    if name == "Translator":
        from translate.pipeline import Translator

        return Translator
    raise AttributeError(f"module 'translate' has no attribute {name!r}")
