"""Where files go on this machine, by environment and platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, Literal

from gradlink.errors import FileError

# The directory of a client that is removed when it closes; "./session" is one of that name.
SESSION: Final = "session"


def chosen_directory(
    chosen: str | os.PathLike[str] | Literal[False] | None,
) -> Path | Literal["session"] | None:
    """Return where files of results go: "session" for a directory that is gone with the client.

    None stands for the directory of whoever runs the program, which is looked for when a file is fetched: a client that
    fetches none needs none, and one that travels to another machine takes that machine's.

    Raises FileError as :func:`download_directory` does.
    """
    if chosen is False or chosen is None:
        return None
    return "session" if isinstance(chosen, str) and chosen == SESSION else download_directory(chosen)


def download_directory(chosen: str | os.PathLike[str] | None) -> Path:
    """Return the directory for downloads, made if it is missing.

    ``chosen`` wins; otherwise ``GRADIO_TEMP_DIR`` as for Gradio's own client; otherwise a directory of this
    user's cache that no one else can read: a shared directory would belong to its first user.

    Raises FileError if it is not a directory or cannot be made.
    """
    given = chosen if chosen is not None else os.environ.get("GRADIO_TEMP_DIR")
    path = Path(given) if given else cache_directory() / "files"
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o777 if given else 0o700)
    except FileExistsError as exc:
        raise FileError(f"download_files: {path} is not a directory") from exc
    except OSError as exc:
        raise FileError(
            f"download_files: {path} cannot be made ({exc.strerror}); give another directory"
        ) from exc
    return path


def cache_directory() -> Path:
    """Return this user's cache directory of gradlink."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "gradlink"
