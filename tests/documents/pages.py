"""The blocks of code in a page of the documentation: those of Python made one program, those of commands one script."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Ends what a block has printed.
MARK = "\x1e"
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<why>[^\n]+) -->\n+)?^```(?P<kind>[^\n`]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One block of code.

    Attributes:
        line: where it begins in its page.
        prints: what the page says that it prints, which is the block of text right below it; None if it says nothing.
        why_not: why it is not run, None if it is.
    """

    line: int
    code: str
    prints: str | None
    why_not: str | None


def blocks(page: Path, kind: str = "python") -> list[Block]:
    """Return the blocks of a page that are of this kind, in their order."""
    text = page.read_text("utf-8")
    found = list(_BLOCK.finditer(text))
    made: list[Block] = []
    for block, after in zip(found, [*found[1:], None], strict=False):
        if block["kind"] != kind:
            continue
        is_output = (
            after is not None
            and after["kind"] == "text"
            and not text[block.end() : after.start("kind") - 3].strip()
        )
        line = text.count("\n", 0, block.start("text")) + 1
        made.append(Block(line, block["text"], after["text"] if after and is_output else None, block["why"]))
    return made


def kinds(page: Path) -> set[str]:
    """Return the kinds that the blocks of a page are of; that of one that says none is empty."""
    return {block["kind"] for block in _BLOCK.finditer(page.read_text("utf-8"))}


def program(page: Path, instead: Mapping[str, str]) -> str:
    """Return a program that runs the blocks of Python one after the other, with other addresses."""
    parts = ["names = {'__name__': '__main__'}"]
    for block in blocks(page):
        if block.why_not is None:
            code = replaced(block.code, instead)
            # As many empty lines before it as in the page, for the numbers in a traceback.
            at_its_line = "\n" * (block.line - 1) + code
            parts.append(f"exec(compile({at_its_line!r}, {page.name!r}, 'exec'), names)")
            parts.append(f"print({MARK!r}, flush=True)")
    return "\n".join(parts)


def script(page: Path, instead: Mapping[str, str]) -> str:
    """Return a script that runs the blocks of commands one after the other, with other addresses; it ends with what fails."""
    parts = ["set -euo pipefail"]
    for block in blocks(page, "sh"):
        if block.why_not is None:
            parts += [replaced(block.code, instead), f"echo {shlex.quote(MARK)}"]
    return "\n".join(parts)


def expect_printed(page: Path, kind: str, printed: str, instead: Mapping[str, str]) -> None:
    """Fail unless the blocks of a kind have printed what the page says, once ``instead`` of its addresses others were used."""
    run = [block for block in blocks(page, kind) if block.why_not is None]
    here = {ours: written for written, ours in instead.items()}
    *texts, rest = replaced(printed, here).split(f"{MARK}\n")
    assert (len(texts), rest) == (len(run), "")
    for block, text in zip(run, texts, strict=True):
        if block.prints is not None:
            assert is_printed(block.prints, text), f"{page.name}:{block.line} prints {text!r}"


def replaced(text: str, instead: Mapping[str, str]) -> str:
    """Return a text in which each of the keys has become its value."""
    for written, other in instead.items():
        text = text.replace(written, other)
    return text


def is_printed(said: str, printed: str) -> bool:
    """Whether ``printed`` is what a page says: … stands for anything, a line of it alone for any number of lines."""
    lines = ("(.*\n)*" if line == "…\n" else _pattern(line) for line in said.splitlines(keepends=True))
    return re.fullmatch("".join(lines), printed) is not None


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…"))
