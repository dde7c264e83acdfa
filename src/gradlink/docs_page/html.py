"""The page as HTML: the document of an app, and what shows it."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from typing import Final

from gradlink._text import one_line
from gradlink.docs_page.document import Document
from gradlink.docs_page.script import icon, script, style

# Ends a script, begins a comment of HTML, or ends a line of JavaScript.
_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def page(document: Document, *, live: bool) -> str:
    """Return the page of an app.

    Args:
        live: a server is behind it, which has its script and style, too, and makes calls. Otherwise all of it is in the
            page, which is a file then, and shows the snippets that are in the document.
    """
    head = _live_head() if live else _whole_head()
    tail = '<script src="page.js" defer></script>' if live else f"<script>{script()}</script>"
    title = escape(one_line(document["app"]["title"]))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        + (
            ""
            if live
            else f'<meta http-equiv="Content-Security-Policy" content="{escape(static_policy())}">\n'
        )
        + '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title} · API</title>\n{head}\n</head>\n<body>\n"
        '<div id="page"><noscript>This page needs JavaScript.</noscript></div>\n'
        f'<script type="application/json" id="document">{embedded(document, live=live)}</script>\n{tail}\n'
        "</body>\n</html>\n"
    )


def embedded(document: Document, *, live: bool) -> str:
    """Return the document as it stands in the page: JSON in which nothing is markup."""
    text = json.dumps({**document, "live": live}, separators=(",", ":"), allow_nan=False)
    for character, replacement in _ESCAPES.items():
        text = text.replace(character, replacement)
    return text


def static_policy() -> str:
    """Return the policy of a page that is a file: it may run its own script, and load nothing."""
    return (
        f"default-src 'none'; script-src '{_hash(script())}'; style-src '{_hash(style())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _live_head() -> str:
    return '<link rel="icon" href="icon.svg" type="image/svg+xml">\n<link rel="stylesheet" href="page.css">'


def _whole_head() -> str:
    coded = base64.b64encode(icon().encode()).decode("ascii")
    return f'<link rel="icon" href="data:image/svg+xml;base64,{coded}">\n<style>{style()}</style>'


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
