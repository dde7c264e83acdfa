"""``gradlink completion``: what a shell needs to complete commands, endpoints and parameters."""

from __future__ import annotations

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from gradlink.cli.console import write
from gradlink.cli.shells import use_whole_words

SHELLS = ("bash", "zsh", "fish")


EXAMPLES = """
\b
bash:  echo 'eval "$(gradlink completion bash)"' >> ~/.bashrc
zsh:   echo 'eval "$(gradlink completion zsh)"' >> ~/.zshrc
fish:  gradlink completion fish > ~/.config/fish/completions/gradlink.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", required=False, type=click.Choice(SHELLS))
def command(shell: str | None) -> None:
    """Print the code that completes commands in a shell, endpoints and parameters of the app included."""
    use_whole_words()
    name = shell or PurePath(os.environ.get("SHELL", "")).name
    complete = get_completion_class(name)
    if complete is None or name not in SHELLS:
        raise click.UsageError(f"name the shell: {', '.join(SHELLS)}")
    from gradlink.cli.running import gradlink

    write(complete(gradlink, {}, "gradlink", "_GRADLINK_COMPLETE").source())
