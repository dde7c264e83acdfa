"""What components of a loaded app ask its server for by themselves, handed on to it: the files of a gr.FileExplorer, say."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from gradlink._dataclass import dataclass
from gradlink._flows.component import Asked
from gradlink._protocol.jsonvalue import JSONValue, as_list
from gradlink._text import one_line
from gradlink.errors import ArgumentError, GradlinkError
from gradlink.loading._gradio.functions import ServerFunction, refusal, serve_functions
from gradlink.loading.files import Files
from gradlink.loading.visitors import Visitors

_log = logging.getLogger("gradlink.load")

# As many methods as a component may have; the largest of gradio's own has two.
MAX_FUNCTIONS: Final = 100

Ask = Callable[[Asked, str | None], Awaitable[JSONValue]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one loaded app.

    Attributes:
        title: the app, for messages.
        files: of the app.
        visitors: their sessions at it.
    """

    title: str
    files: Files
    visitors: Visitors

    async def ask(self, asked: Asked, session_hash: str | None) -> JSONValue:
        """Return what the app answers a visitor's component. Raises what gradio answers an error with."""
        try:
            question = Asked(asked.component_id, asked.function, self.files.incoming(asked.data), asked.files)
            async with self.visitors.page(session_hash) as page:
                return self.files.outgoing(await page.ask(question))
        except ArgumentError as exc:
            raise refusal(400, one_line(exc)) from exc
        except GradlinkError as exc:
            _log.warning("%s: %s: %s", one_line(self.title), one_line(asked.function), one_line(exc))
            raise refusal(502, "The app behind this page gave no answer") from exc


def hand_on(block: Any, component_id: int, names: JSONValue, ask: Ask) -> list[str]:
    """Have a component ask the app, and never what its own class has here; return the functions that it has there."""
    functions = [name for name in as_list(names)[:MAX_FUNCTIONS] if isinstance(name, str)]

    def handed(function: str) -> ServerFunction:
        async def call(data: Any, files: Sequence[tuple[str, bytes]], session_hash: str | None) -> JSONValue:
            return await ask(Asked(component_id, function, data, files), session_hash)

        return call

    return serve_functions(block, {name: handed(name) for name in functions})
