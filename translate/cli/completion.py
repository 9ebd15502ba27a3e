"""`dragoman completion`: the script that lets a shell complete commands, options and files."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    Examples:
      dragoman completion bash > ~/.local/share/bash-completion/completions/dragoman
      dragoman completion zsh  > ~/.zfunc/_dragoman
      dragoman completion fish > ~/.config/fish/completions/dragoman.fish
    """
    from translate.cli import dragoman

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(dragoman, {}, "dragoman", "_DRAGOMAN_COMPLETE").source())
