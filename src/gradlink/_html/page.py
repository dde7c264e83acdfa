"""The frame of everything that is shown as HTML."""

from __future__ import annotations

import html

from gradlink._text import one_line

# Colours are mixed from the text's own, which is dark or light as the notebook's theme is. Jupyter aligns the cells of
# tables to the right and stripes them, but not those that say otherwise with more weight.
_STYLE = """
.gradlink { font: 13px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: inherit; max-width: 60em;
  margin: 2px 0; }
.gradlink * { box-sizing: border-box; }
.gradlink .gl-card { border: 1px solid rgba(128,128,128,.35); border-radius: 8px; padding: 10px 14px; }
.gradlink .gl-head { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; }
.gradlink .gl-title { font-weight: 600; }
.gradlink .gl-dim { opacity: .68; }
.gradlink .gl-note { opacity: .68; white-space: pre-wrap; overflow-wrap: anywhere; }
.gradlink code, .gradlink .gl-code { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  background: none; color: inherit; padding: 0; overflow-wrap: anywhere; }
.gradlink a { color: #ea580c; text-decoration: none; }
.gradlink a:hover { text-decoration: underline; }
.gradlink table.gl-table { border-collapse: collapse; margin: 8px 0 0; width: 100%; font-size: 12px; border: 0;
  table-layout: auto; }
.gradlink table.gl-table th, .gradlink table.gl-table td { text-align: left; vertical-align: top; padding: 4px 14px 4px 0;
  border: 0; border-top: 1px solid rgba(128,128,128,.2); background: none; white-space: normal; max-width: none;
  overflow-wrap: anywhere; }
.gradlink table.gl-table th { font-weight: 600; opacity: .68; border-top: 0; }
.gradlink table.gl-table tr { background: none; }
.gradlink table.gl-table .gl-name { width: 1%; min-width: 9em; }
.gradlink details { border-top: 1px solid rgba(128,128,128,.2); padding: 5px 0; }
.gradlink details:first-of-type { margin-top: 8px; }
.gradlink summary { cursor: pointer; }
.gradlink .gl-job { display: grid; grid-template-columns: 1.2em minmax(9em, max-content) 1fr; gap: 0 8px; padding: 3px 0; }
.gradlink .gl-job > .gl-body { min-width: 0; overflow-wrap: anywhere; }
.gradlink .gl-bar { display: flex; align-items: center; gap: 8px; }
.gradlink .gl-track { flex: none; width: 180px; height: 6px; border-radius: 3px; background: rgba(128,128,128,.3);
  overflow: hidden; }
.gradlink .gl-fill { height: 100%; border-radius: 3px; background: #f97316; }
.gradlink .gl-vague { width: 35%; opacity: .6; margin: 0 auto; }
.gradlink .gl-running { color: #f97316; } .gradlink .gl-done { color: #16a34a; } .gradlink .gl-failed { color: #dc2626; }
.gradlink .gl-cancelled { color: #ca8a04; } .gradlink .gl-waiting { opacity: .68; }
.gradlink img, .gradlink video { display: block; max-width: 100%; max-height: 480px; border-radius: 6px; }
.gradlink audio { display: block; width: 100%; max-width: 480px; }
"""


def framed(body: str) -> str:
    """Return ``body``, which is HTML, as something that a notebook can show by itself."""
    return f'<div class="gradlink"><style>{_STYLE}</style>{body}</div>'


def safe(text: object) -> str:
    """Return a text of an app as HTML that shows it, on one line, and does nothing else."""
    return html.escape(one_line(text), quote=True)


def link(url: str) -> str:
    """Return a link to a web address, or its text if it is none: ``javascript:`` is an address, too."""
    if not url.startswith(("http://", "https://")):
        return safe(url)
    return f'<a href="{safe(url)}" target="_blank" rel="noopener noreferrer">{safe(url)}</a>'


def tag(name: str, css: str, text: object) -> str:
    """Return an element with a class that shows ``text``; "" if there is none."""
    return f'<{name} class="gl-{css}">{safe(text)}</{name}>' if text else ""
