"""`dragoman models`: everything about the weights. A command is one line of the table below."""

import click

from translate.cli.lazy import Later, LazyGroup

_COMMANDS = {
    "list": Later("translate.cli.checkpoints", "list_models", "Show which models there are."),
    "info": Later("translate.cli.checkpoints", "info", "Show what a model is."),
    "use": Later("translate.cli.checkpoints", "use_model", "Make a model the default."),
    "fetch": Later("translate.cli.checkpoints", "fetch_model", "Bring a model to this machine."),
    "convert": Later("translate.cli.checkpoints", "convert", "Write a model in another format."),
    "evaluate": Later(
        "translate.cli.evaluating", "evaluate", "Measure a model, or any translation."
    ),
    "train": Later("translate.cli.training", "train_model", "Train a model on your own pairs."),
    "adapt": Later("translate.cli.adapting", "adapt", "Fine-tune a model on your translations."),
}


@click.group(cls=LazyGroup, commands_later=_COMMANDS)
def models() -> None:
    """List, fetch, convert and look at models; choose the default.

    \b
    Examples:
      dragoman models list
      dragoman models use Helsinki-NLP/opus-mt-tc-big-ar-en
    """
