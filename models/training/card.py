"""The card of a trained model: what it was trained on and how, and what Dragoman may rely on."""

from collections.abc import Sequence

from models.checkpoint import Card, readme
from models.training.count import Count
from models.training.settings import Progress, Settings


def card_of(
    name: str,
    start: Card,
    settings: Settings,
    *,
    licence: str,
    new: bool,
    linked: bool,
    pieces: bool,
) -> Card:
    """What the new checkpoint can do: what it was trained for, and what its start could already.

    linked: the corpus had word links. pieces: the vocabulary has the pieces of inline terms.
    """
    guided = linked and settings.guide > 0
    annotated = pieces and settings.annotation.share > 0 and linked
    return Card(
        name=name,
        licence=licence,
        inline_terms=annotated or (start.inline_terms and not new),
        alignment="guided" if guided or (start.alignment == "guided" and not new) else "none",
    )


def card_text(
    card: Card, start: str, settings: Settings, counts: Sequence[Count], at: Progress
) -> str:
    """README.md of the checkpoint as it is now: front matter, training, one row for each file of pairs."""
    told = [
        f"# {card.name}",
        "",
        f"Arabic to English, trained with Dragoman from {start}: {at.step} steps, "
        f"{at.tokens / 1e6:.2f} million target pieces, {at.minutes:.0f} minutes.",
        *([f"Dev loss {at.dev_loss:.3f} a piece."] if at.dev_loss is not None else []),
        "Averaged weights; settings and log lie beside the run.",
        "",
        "## Training data",
        "",
        "| file | pairs | dropped | weight | licence | origin |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {c.name} | {c.kept} | {c.dropped.total()} | {c.weight:g} | {_cell(c.licence)} | {_cell(c.origin)} |"
        for c in counts
    ]
    reasons = [f"- {c.line()}" for c in counts if c.dropped]
    why = ["", "What was dropped, and why:", "", *reasons] if reasons else []
    front = {"language": ["ar", "en"], "tags": ["translation", "marian"]}
    return readme(card, "\n".join([*told, *rows, *why]) + "\n", front=front)


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ") or "not stated"
