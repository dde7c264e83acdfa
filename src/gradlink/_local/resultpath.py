"""A path of a file of a result, which a notebook shows as what is in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class ResultPath(str):
    """An absolute path: a ``str`` in every respect, and pickled and copied as one."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return str, (str(self),)

    def _repr_html_(self) -> str:
        """Return the picture, the sound or the video, or a link to the file."""
        from gradlink._html.media import file_html, is_shown
        from gradlink._html.page import framed, safe, tag

        path = Path(self)
        try:
            size = path.stat().st_size
            content = path.read_bytes() if is_shown(path.name, size) else None
        except OSError as exc:
            return framed(f"{safe(self)} {tag('span', 'dim', f'cannot be read: {exc.strerror}')}")
        return file_html(path.name, size, content, path.as_uri())
