"""What a component of a page asks the app's server for by itself, such as the files of a gr.FileExplorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradlink._dataclass import dataclass
from gradlink._flows.exchange import Access, exchange, post_json
from gradlink._io import Flow, HttpRequest
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.replies import reply_json


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a component.

    Attributes:
        component_id: the app's id of it.
        function: the name of its method at the app's server.
        data: what the method takes; fields of a form if there are files.
        files: name and content of each file that goes along.
    """

    component_id: int
    function: str
    data: JSONValue
    files: Sequence[tuple[str, bytes]] = ()


def ask_component(access: Access, session_hash: str, asked: Asked, boundary: str) -> Flow[JSONValue]:
    """Return what the app's server answers a component.

    Wire: POST /component_server (since 4.0): JSON, or a form whose files the method gets as bytes (since 4.37).

    Args:
        access: the app.
        session_hash: the session whose page asks.
        asked: the question.
        boundary: between the parts of a form; it occurs in none of them.
    """
    facts: dict[str, JSONValue] = {
        "component_id": asked.component_id,
        "fn_name": asked.function,
        "session_hash": session_hash,
    }
    url = access.routes.component_server
    if asked.files:
        fields = dict(asked.data) if isinstance(asked.data, dict) else {}
        body = _form({**fields, **facts}, asked.files, boundary)
        request = HttpRequest(
            "POST", url, body, f"multipart/form-data; boundary={boundary}", idempotent=False, holds="result"
        )
    else:
        request = post_json(url, {"data": asked.data, **facts})
    what = f"the question of component {asked.component_id}"
    return reply_json((yield from exchange(access, request)), what)


def _form(fields: Mapping[str, JSONValue], files: Sequence[tuple[str, bytes]], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(name)}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Return a name for a header of a form, as browsers write it."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
