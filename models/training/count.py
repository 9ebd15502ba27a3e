"""What became of the pairs of a file: for people, for the card, for the cache."""

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Count:
    """What became of a file's pairs."""

    name: str
    weight: float
    licence: str = ""
    origin: str = ""
    kept: int = 0
    target_pieces: int = 0
    dropped: Counter[str] = field(default_factory=Counter)  # reason to number

    def noted(self) -> dict[str, Any]:
        """For JSON. (`asdict` itself would count the items of a Counter.)"""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {**plain, "dropped": dict(self.dropped)}

    def line(self) -> str:
        """For people, one line."""
        reasons = ", ".join(f"{n} {reason}" for reason, n in self.dropped.most_common())
        return f"{self.name}: {self.kept} kept" + (f"; dropped: {reasons}" if reasons else "")
