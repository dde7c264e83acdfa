"""gradio_client's names, for programs and packages that were written for it.

>>> import gradlink.compat as gradio_client  # doctest: +SKIP
>>> client = gradio_client.Client("http://127.0.0.1:7860")  # doctest: +SKIP

``client``, ``exceptions``, ``utils`` and ``data_classes`` are there as they are in gradio_client. :func:`install` puts all of it
where packages look for gradio_client, and ``python -m gradlink.compat program.py`` runs a program so. New programs have no use
for this: they import from :mod:`gradlink`.
"""

from __future__ import annotations

from gradlink._local.sources import file, handle_file
from gradlink._protocol.filedata import FileData
from gradlink.compat import client, data_classes, exceptions, utils
from gradlink.compat._installing import install
from gradlink.compat._version import __version__
from gradlink.compat.client import Client

__all__ = [
    "Client",
    "FileData",
    "__version__",
    "client",
    "data_classes",
    "exceptions",
    "file",
    "handle_file",
    "install",
    "utils",
]
