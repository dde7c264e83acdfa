"""Whether the app knows the address at which it is reached."""

from __future__ import annotations

from urllib.parse import urlsplit

from gradlink._protocol.jsonvalue import as_text
from gradlink._protocol.routes import normalise, origin, resolve, same_origin, without_credentials
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, ok, said, warning


def look_at_root(case: Case) -> Result:
    """Compare what the app calls its root with the address that was given.

    gradlink's clients go by the address that was given. A browser and Gradio's own clients follow the root.
    """
    base = case.routes.base
    root = as_text((case.config or {}).get("root")) or ""
    # Until 4.18 it is a path or nothing.
    target = resolve(base, root)
    if target is None or urlsplit(target).scheme not in {"http", "https"}:
        return warning(f"the app says that its root is {said(root)}, which is no address", _path(base))
    target = normalise(target) if root else base
    shown = said(without_credentials(target))
    if target == base:
        return ok(f"the app knows that it is at {shown}")
    found = f"the app says that it is at {shown}: pages of it, and Gradio's own clients, look for files and the API there"
    if same_origin(target, base):
        return warning(found, _path(base))
    here, there = origin(base), origin(target)
    if here[1] == there[1] and here[0] != there[0]:
        return warning(
            found,
            "Have the proxy say that it is asked by https: nginx: proxy_set_header X-Forwarded-Proto $scheme;",
            "And have the app believe it: uvicorn --proxy-headers --forwarded-allow-ips='*' (FORWARDED_ALLOW_IPS), "
            f"or launch(root_path='{_shown(base)}').",
        )
    return warning(
        found,
        "Have the proxy hand the name on that it is asked for: nginx: proxy_set_header Host $http_host;",
        f"Or say it in the app: launch(root_path='{_shown(base)}').",
    )


def _path(base: str) -> str:
    path = urlsplit(base).path.rstrip("/")
    if path:
        return f"Start the app with launch(root_path='{said(path)}'), or GRADIO_ROOT_PATH={said(path)}."
    return "Start the app without root_path= and GRADIO_ROOT_PATH, or use the address that the proxy shows it at."


def _shown(base: str) -> str:
    return said(without_credentials(base).rstrip("/"))
