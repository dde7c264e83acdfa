"""Whether a call can be written down at all, in whatever language."""

from __future__ import annotations

from collections.abc import Mapping

from gradlink._protocol.schema import Endpoint
from gradlink.codegen.snippets import python, typescript
from gradlink.codegen.snippets.calls import Value
from gradlink.codegen.snippets.values import Unwritable, check
from gradlink.errors import GradlinkError


def unwritable(endpoint: Endpoint, values: Mapping[str, Value], event: Value = None) -> str:
    """Return why no program can make this call, "" if one can; ``event`` is what its event data are made of."""
    try:
        check(event)
        python.value_code(event)
        typescript.value_code(event)
        python.call_code(endpoint, values)
        typescript.call_code(endpoint, values)
    except (Unwritable, GradlinkError, RecursionError) as exc:
        return f"a program cannot send it, since {exc}"
    return ""
