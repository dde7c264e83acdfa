"""The operations of an OpenAPI document that are the same for all apps: files and logins."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.schema import AppSchema
from gradlink.docs_page.exports.file_schemas import takes_uploads

_BINARY: Final[JSONObject] = {
    "type": "string",
    "format": "binary",
    "contentMediaType": "application/octet-stream",
}


def api_root(schema: AppSchema) -> str:
    """Return what the paths of an app's API begin with: "" or the prefix of /config, which is the app's own text."""
    prefix = schema.prefix.strip("/")
    return f"/{quote(prefix, safe='/', errors='replace')}" if prefix else ""


def refused(*names: str, login: bool) -> JSONObject:
    """Return what a request is answered with when it fails, by names of shared responses."""
    statuses = {
        "BadRequest": "400",
        "LoginRequired": "401",
        "Forbidden": "403",
        "NotFound": "404",
        "TooLarge": "413",
        "Invalid": "422",
        "ServerError": "500",
        "CallFailed": "500",
        "QueueFull": "503",
    }
    wanted = {*names, *(["LoginRequired"] if login else [])}
    return {
        status: {"$ref": f"#/components/responses/{name}"}
        for name, status in statuses.items()
        if name in wanted
    }


def file_paths(schema: AppSchema, *, login: bool) -> JSONObject:
    """Return the paths of files."""
    download: JSONObject = {
        "operationId": "download",
        "tags": ["files"],
        "summary": "Fetch a file of a result",
        "description": "The same as its `url`, where a file has one.",
        "parameters": [
            {
                "name": "path",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "description": "What the result calls its path (Gradio 3: name), percent-encoded.",
            }
        ],
        "responses": {
            "200": {
                "description": "The file, in its own type.",
                "content": {
                    "application/octet-stream": {"schema": _BINARY},
                    "*/*": {"schema": _BINARY},
                },
            },
            **refused("Forbidden", "NotFound", login=login),
        },
    }
    upload: JSONObject = (
        {f"{api_root(schema)}/upload": {"post": _upload(login=login)}}
        if takes_uploads(schema.dialect)
        else {}
    )
    return {**upload, f"{api_root(schema)}/file={{path}}": {"get": download}}


def login_paths() -> JSONObject:
    """Return the path of the login."""
    form: JSONObject = {
        "type": "object",
        "properties": {
            "username": {"type": "string"},
            "password": {"type": "string", "format": "password"},
        },
        "required": ["username", "password"],
    }
    answer: JSONObject = {
        "type": "object",
        "properties": {"success": {"type": "boolean"}},
        "required": ["success"],
    }
    return {
        "/login": {
            "post": {
                "operationId": "login",
                "tags": ["login"],
                "summary": "Log in",
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {"application/x-www-form-urlencoded": {"schema": form}},
                },
                "responses": {
                    "200": {
                        "description": "The cookies of the answer belong to every other request.",
                        "headers": {"Set-Cookie": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": answer}},
                    },
                    **refused("BadRequest", "Invalid", login=False),
                },
            }
        }
    }


def _upload(*, login: bool) -> JSONObject:
    files: JSONObject = {
        "type": "object",
        "properties": {"files": {"type": "array", "items": _BINARY, "minItems": 1}},
        "required": ["files"],
    }
    return {
        "operationId": "upload",
        "tags": ["files"],
        "summary": "Send files, to give them to a call",
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": files}}},
        "responses": {
            "200": {
                "description": "The path of each file, for a call.",
                "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}},
            },
            **refused("BadRequest", "TooLarge", "ServerError", login=login),
        },
    }
