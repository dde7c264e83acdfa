"""The OpenAPI document of an app: its HTTP API, for programs that do not use gradlink."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gradlink._describe.signature import plain_text
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_text
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._text import one_line
from gradlink.docs_page.exports.json_schema import Definitions
from gradlink.docs_page.exports.naming import Names
from gradlink.docs_page.exports.openapi_calls import KINDS, RESULT, Called, calls, is_reachable
from gradlink.docs_page.exports.openapi_files import file_paths, login_paths
from gradlink.docs_page.exports.openapi_shared import responses, schemas
from gradlink.docs_page.exports.openapi_values import Values

_MAX_TITLE: Final = 500
_TAGS: Final[Mapping[str, str]] = {
    "calls": "The app's endpoints.",
    "files": "Files for calls, and of their results.",
    "login": "The login of the app.",
}
# The operations that no endpoint may have the name of.
_OPERATIONS: Final = ("login", "upload", "download")


def openapi_document(schema: AppSchema, url: str, *, login: bool = False, token: bool = False) -> JSONObject:
    """Return the OpenAPI 3.1 document of an app's public endpoints.

    Args:
        url: the app's address.
        login: the app wants a name and a password.
        token: the app lies in a private Space, for which requests need a token of the Hub.
    """
    endpoints = _listed(schema)
    names = Names(_OPERATIONS)
    called = [
        Called(endpoint, names.take(endpoint.api_name or "", "endpoint", RESULT)) for endpoint in endpoints
    ]
    shared = schemas(schema.dialect)
    own = {one.component(kind) for one in called for kind in KINDS}
    definitions = Definitions({*shared, *own, "CallAccepted"})
    paths, components = calls(Values(schema, definitions), called, login=login)
    paths |= file_paths(schema, login=login)
    if login:
        paths |= login_paths()
    used = {"calls": bool(called), "files": True, "login": login}
    tags: list[JSONValue] = [
        {"name": name, "description": text} for name, text in _TAGS.items() if used[name]
    ]
    schemes, needed = _security(login=login, token=token)
    return {
        "openapi": "3.1.0",
        "info": _info(schema, endpoints),
        "servers": [{"url": url.rstrip("/") or "/"}],
        **({"security": needed} if needed else {}),
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": {**components, **definitions.schemas, **shared},
            "responses": responses(),
            **({"securitySchemes": schemes} if schemes else {}),
        },
    }


def _listed(schema: AppSchema) -> list[Endpoint]:
    """Return the public named endpoints; of several with one name, the first is called by it."""
    found: dict[str, Endpoint] = {}
    for endpoint in schema.endpoints.values():
        if endpoint.api_name and endpoint.callable and endpoint.visibility == "public":
            found.setdefault(endpoint.api_name, endpoint)
    return [endpoint for endpoint in found.values() if is_reachable(endpoint)]


def _info(schema: AppSchema, endpoints: list[Endpoint]) -> JSONObject:
    title = plain_text((as_text(schema.config.get("title")) or "")[:_MAX_TITLE]).replace("\n", " ")
    release = one_line(schema.version) or "unknown"
    return {
        "title": title or "Gradio app",
        "version": release,
        "description": _words(schema, endpoints),
        "x-gradio": {"version": release, "protocol": one_line(schema.dialect.protocol)},
    }


def _words(schema: AppSchema, endpoints: list[Endpoint]) -> str:
    dialect = schema.dialect
    parts = [f"The HTTP API of a Gradio app ({len(endpoints)} endpoints). The version is Gradio's."]
    if dialect.calls_by_name:
        parts.append(
            "A call is two requests: POST answers with an `event_id`, and GET with that brings server-sent events until "
            "`complete` or `error`. The `data` of `complete` is a JSON list of the results. Closing the connection "
            "cancels the call."
        )
    parts.append(
        'A result may be null where its schema does not say so, and `{"__type__": "update", "value": …}` where the app '
        "changes a component together with its value."
    )
    missing = sorted(
        {
            one_line(e.api_name)
            for e in schema.endpoints.values()
            if e.api_name and e.callable and e.visibility == "public" and not is_reachable(e)
        }
    )
    if missing:
        parts.append(
            f"Not here, since their names cannot be part of an address: {', '.join(missing[:20])}. Clients for "
            "Gradio can call them."
        )
    return "\n\n".join(parts)


def _security(*, login: bool, token: bool) -> tuple[JSONObject, list[JSONValue]]:
    schemes: JSONObject = {}
    if login:
        schemes["login"] = {
            "type": "apiKey",
            "in": "cookie",
            "name": "access-token",
            "description": "The cookies that POST /login sets; an id of the server may follow in their names. "
            "Send them all.",
        }
    if token:
        schemes["space"] = {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of the Hugging Face Hub that may read the Space.",
        }
    needed: JSONObject = {name: [] for name in schemes}
    return schemes, [needed] if needed else []
