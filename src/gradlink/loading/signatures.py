"""What gradio reads of a function that is made: its name, its parameters and what these are filled with."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gradlink.loading._gradio.release import gr
from gradlink.loading.plan import Event
from gradlink.loading.values import sound_text

# Parameters that gradio fills; no input of an app is called so.
_REQUEST: Final = "gradlink_request"
_EVENT: Final = "gradlink_event"
_PROGRESS: Final = "gradlink_progress"


def parameters(names: Mapping[int, str], whole: Mapping[int, type] | None = None) -> list[inspect.Parameter]:
    """Return the parameters of a function, named as the app names them.

    Args:
        names: by their places among the app's; what is no name of Python, or there twice, gets one.
        whole: the classes of the components of which the function takes all properties, by the same places.
    """
    found: dict[str, inspect.Parameter] = {}
    for place, given in names.items():
        name = given if given.isidentifier() and given not in found else f"value_{place}"
        annotation = (whole or {}).get(place, inspect.Parameter.empty)
        found[name] = inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation)
    return list(found.values())


def signed(described: Any, event: Event, parameters: Sequence[inspect.Parameter], description: str) -> Any:
    """Give a function the name, the parameters and what else gradio reads of it."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    special = [
        inspect.Parameter(_REQUEST, kind, default=None, annotation=gr.Request),
        inspect.Parameter(_EVENT, kind, default=None, annotation=gr.EventData),
        inspect.Parameter(_PROGRESS, kind, default=gr.Progress()),
    ]
    everything = [*parameters, *special]
    described.__name__ = described.__qualname__ = event.api_name or "call"
    described.__doc__ = sound_text(description) or None
    described.__signature__ = inspect.Signature(everything)
    described.__annotations__ = {
        p.name: p.annotation for p in everything if p.annotation is not inspect.Parameter.empty
    }
    return described
