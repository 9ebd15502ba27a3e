"""A group of commands that imports the module of a command only when that command is asked for."""

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import click


class Later(NamedTuple):
    """Where a command is defined, and its line in the group's help."""

    module: str
    attribute: str
    line: str


class LazyGroup(click.Group):
    """`commands_later`: the group's commands by name, in the order of its help."""

    def __init__(self, *args: Any, commands_later: Mapping[str, Later], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._later = commands_later

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self._later)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None where there is none."""
        if cmd_name not in self._later:
            return None
        later = self._later[cmd_name]
        command = getattr(importlib.import_module(later.module), later.attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, later.line) for name, later in self._later.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, naming the nearest command where there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self._later, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"no command '{args[0]}'{hint}", ctx) from None
