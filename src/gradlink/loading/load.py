"""The public face of loading: what is asked for, before gradio is imported."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Literal, Unpack

from gradlink._shell.options import ClientOptions
from gradlink.errors import MissingPackageError

if TYPE_CHECKING:
    from gradlink.loading.loading import LoadedApp


def load(
    src: str,
    *,
    token: str | Literal[False] | None = None,
    trust: bool = False,
    missing: Literal["error", "json"] = "error",
    api_prefix: str = "",
    **options: Unpack[ClientOptions],
) -> LoadedApp:
    """Put a running Gradio app into your own, inside of ``with gradio.Blocks() as demo:``.

    The app looks and behaves as it does by itself; its functions run where it runs. Each visitor of yours has a session of
    their own at the app. Its files are served at your address, with the credentials given here.

    Args:
        src: URL of the app, or the name of a Space, "user/space".
        token: Hugging Face token; None uses the one that is saved on this machine, False none.
        trust: the app's JavaScript, CSS and ``head`` are carried over, too: they can do in your page whatever they like.
        missing: what is done with custom components that are not installed here: "error" raises, "json" shows their values.
        api_prefix: put before the names that the app's endpoints have in your app's API.
        options: as for :class:`gradlink.Client`: ``auth``, ``headers``, ``ssl_verify``, ``timeout``, ``wait`` and others.

    Raises:
        MissingPackageError: gradio is not installed.
        LoadError: the app cannot be loaded: it is too old, a component of it is not installed, or this is no Blocks.
        GradlinkError: the app cannot be reached.

    Warns LoadWarning for each thing that cannot be carried over, such as ``gr.render``.
    """
    if importlib.util.find_spec("gradio") is None:
        raise MissingPackageError('gradlink.load needs gradio: pip install "gradlink[load]"')
    from gradlink.loading.loading import load_app  # gradio takes seconds to import

    return load_app(
        src,
        {"token": token, "verbose": False, **options},
        trust=trust,
        missing=missing,
        api_prefix=api_prefix,
    )
