"""The public face of loading: what is asked for, before gradio is imported."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Literal, Unpack

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
    api_name: str | None = None,
    inputs: Any = None,
    outputs: Any = None,
    title: str | None = None,
    description: str | None = None,
    article: str | None = None,
    examples: Any = None,
    live: bool = False,
    **options: Unpack[ClientOptions],
) -> LoadedApp:
    """Put a running Gradio app into your own, inside of ``with gradio.Blocks() as demo:``.

    The app looks and behaves as it does by itself; its functions run where it runs. Each visitor of yours has a session of
    their own at the app. Its files are served at your address, with the credentials given here.

    With any of ``api_name`` to ``live`` it is one endpoint of the app that is put there, as a ``gr.Interface``.

    Args:
        src: URL of the app, or the name of a Space, "user/space".
        token: Hugging Face token; None uses the one that is saved on this machine, False none.
        trust: the app's JavaScript, CSS and ``head`` are carried over, too: they can do in your page whatever they like.
        missing: what is done with custom components that are not installed here: "error" raises, "json" shows their values.
        api_prefix: put before the names that the app's endpoints have in your app's API.
        api_name: the endpoint to show alone, such as "/predict"; not needed if the app has one.
        inputs: components, or their names such as "text", in place of the app's own for this endpoint.
        outputs: the same for what it returns.
        title: above the interface of this endpoint.
        description: below the title.
        article: below everything.
        examples: rows of inputs, in the form in which the page sends them.
        live: call the endpoint whenever an input changes.
        options: as for :class:`gradlink.Client`: ``auth``, ``headers``, ``ssl_verify``, ``timeout``, ``wait`` and others.

    Raises:
        MissingPackageError: gradio is not installed.
        LoadError: the app cannot be loaded: it is too old, a component of it is not installed, or this is no Blocks.
        EndpointError: the app has no such endpoint.
        GradlinkError: the app cannot be reached.

    Warns LoadWarning for each thing that cannot be carried over, such as ``gr.render``.
    """
    if importlib.util.find_spec("gradio") is None:
        raise MissingPackageError('gradlink.load needs gradio: pip install "gradlink[load]"')
    from gradlink.loading.loading import Loading, load_app  # gradio takes seconds to import
    from gradlink.loading.single import Wanted

    given = {
        "title": title,
        "description": description,
        "article": article,
        "examples": examples,
        "live": live or None,
    }
    shown = {name: value for name, value in given.items() if value is not None}
    single = bool(shown) or any(value is not None for value in (api_name, inputs, outputs))
    wanted = Wanted(api_name, inputs, outputs, shown) if single else None
    settings = {"token": token, "verbose": False, **options}
    return load_app(Loading(src, settings, trust, missing, api_prefix), wanted)
