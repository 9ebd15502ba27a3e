"""The fields of a request, whether they came as JSON, as a form or in the address; checked as they are taken.

JSON has types and keeps to them; in a form and in an address everything is text, and a list is a field said
several times.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from translate.serve.errors import bad

_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUE, _FALSE = frozenset({"1", "true"}), frozenset({"0", "false"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """`typed`: from JSON, where a value is of a type; else every value is a list of strings. Every getter
    raises Refusal 400 for a value of another kind."""

    values: Mapping[str, object]
    typed: bool = True
    files: Mapping[str, Upload] = field(default_factory=dict)

    def only(self, *names: str) -> None:
        """Refuse fields of other names, which would be dropped in silence."""
        for name in self.values:
            if name not in names:
                raise bad(f"Unknown field {name!r}", f"there are {', '.join(names)}")

    def refuse(self, names: Mapping[str, str]) -> None:
        """Refuse fields that ask for what can't be done, each with the reason."""
        for name, reason in names.items():
            if self._given(name) not in (None, "", []):
                raise bad(f"Parameter {name!r} not supported", reason)

    def text(self, name: str, default: str | None = None) -> str:
        """A string. Required where there is no default."""
        value = self._given(name)
        if value is None:
            if default is None:
                raise bad(f"Parameter {name!r} not specified")
            return default
        return _string(name, value)

    def optional(self, name: str) -> str | None:
        """A string, or None where it is left out or null."""
        value = self._given(name)
        return None if value is None else _string(name, value)

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of some strings."""
        value = self.text(name, default)
        if value not in choices:
            raise bad(f"Value for {name!r} not supported", f"one of {', '.join(choices)}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """true, false, or what forms have for it: 1 and 0. JSON may have these, too, as strings or numbers."""
        value = self._given(name)
        if value is None:
            return default
        said = str(value).lower() if isinstance(value, (bool, int, str)) else ""
        if said not in _TRUE | _FALSE:
            raise bad(f"Value for {name!r} not supported", "1 or 0")
        return said in _TRUE

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self._given(name)
        if value is None:
            return default
        if not self.typed and isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise bad(f"Value for {name!r} not supported", f"a number from {least} to {most}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self.values.get(name)
        if value is None:
            raise bad(f"Parameter {name!r} not specified")
        if not isinstance(value, list):
            raise bad(f"Value for {name!r} not supported", "a list of strings")
        return tuple(_string(name, one) for one in value)

    def names(self, name: str) -> tuple[str, ...]:
        """A list of short strings, or one string with commas between them; empty where it is left out."""
        value = self.values.get(name)
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        parts = [part.strip() for one in listed for part in _string(name, one).split(",")]
        return tuple(filter(None, parts))

    def objects(self, name: str) -> tuple["Fields", ...]:
        """A list of objects; only JSON has them."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise bad(f"Value for {name!r} not supported", "a list of objects")
        return tuple(Fields(values=one) for one in value)

    def has(self, name: str) -> bool:
        """Whether it is there and not null."""
        return self.values.get(name) is not None

    def upload(self, name: str) -> Upload:
        """A file of a multipart form."""
        if name not in self.files:
            raise bad(f"Parameter {name!r} not specified", "send a file as multipart/form-data")
        return self.files[name]

    def _given(self, name: str) -> object:
        value = self.values.get(name)
        if not self.typed and isinstance(value, list):
            return value[-1]
        return value


def _string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise bad(f"Value for {name!r} not supported", "a string")
    if _SURROGATE.search(value):
        raise bad(f"Value for {name!r} not supported", "half of a surrogate pair is no text")
    return value
