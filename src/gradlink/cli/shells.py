"""Completion in bash, which cuts words at ``:`` and ``=``: the line is cut anew, as the shell runs it.

click's own code for bash gives words as bash's completion has them, where ``http://host`` are three and ``name=value``
two.
"""

from __future__ import annotations

import os
from typing import ClassVar

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

_BREAKS = ":="


class WholeWords(BashComplete):
    """Completes whole words, and gives bash what is left of them."""

    source_template: ClassVar[str] = """\
%(complete_func)s() {
    mapfile -t COMPREPLY < <(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" %(complete_var)s=bash_complete %(prog_name)s)
    compopt -o nosort 2>/dev/null
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
}
complete -F %(complete_func)s %(prog_name)s
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being written, and that one."""
        line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0"))]
        words = split_arg_string(line)[1:]
        if line[-1:].isspace() or not words:
            return words, ""
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return what takes the place of the part of the word that bash has."""
        _, begun = self.get_completion_args()
        cut = max(begun.rfind(mark) for mark in _BREAKS) + 1
        value: str = item.value
        return value[cut:] if value.startswith(begun[:cut]) else value


def use_whole_words() -> None:
    """Complete whole words in bash."""
    add_completion_class(WholeWords, "bash")
