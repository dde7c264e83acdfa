"""The JavaScript in the properties of components, left out of those of an app that is not trusted.

Gradio 6 makes functions of the templates of a ``gr.HTML``, with the names of its ``props`` for parameters.
"""

from __future__ import annotations

from typing import Final

from gradlink._protocol.jsonvalue import JSONObject, JSONValue

SCRIPTS: Final = frozenset({"js_on_load", "head"})
# What they are where an app says nothing.
TEMPLATES: Final[dict[str, str]] = {"html_template": "${value}", "css_template": ""}
# Of a template, beside the value: what is evaluated, and what could end or hide a part of it.
_CODE: Final = ("${", "`", "\\", "{{")
# What gr.HTML itself has for this unless it is told otherwise.
_DEFAULT_SCRIPTS: Final = frozenset(
    {"", "element.addEventListener('click', function() { trigger('click') });"}
)


def harmless(kind: str, props: JSONObject) -> JSONObject:
    """Return the properties of a component, or an update of them, without what a page would run.

    Args:
        kind: the type of the component in /config.
        props: as the app sends them.
    """
    kept = {name: value for name, value in props.items() if name not in SCRIPTS}
    for name, plain in TEMPLATES.items():
        if name in kept and not _is_plain(kept[name]):
            kept[name] = plain
    if kind == "html":
        kept.pop("props", None)
    return kept


def has_scripts(kind: str, props: JSONObject) -> bool:
    """Tell whether the app says of a component what a page would run."""
    texts = [text for name in SCRIPTS if isinstance(text := props.get(name), str)]
    if any(text not in _DEFAULT_SCRIPTS for text in texts):
        return True
    return kind == "html" and any(name in props and not _is_plain(props[name]) for name in TEMPLATES)


def _is_plain(template: JSONValue) -> bool:
    """Tell whether a template is text in which nothing but the value stands."""
    if not isinstance(template, str):
        return template is None
    rest = template.replace("${value}", "")
    return not any(code in rest for code in _CODE)
