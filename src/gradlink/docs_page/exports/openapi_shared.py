"""What every OpenAPI document of a Gradio app has: files, errors, events and logins, as servers send them."""

from __future__ import annotations

from typing import Final

from gradlink._protocol.dialect import Dialect
from gradlink._protocol.jsonvalue import JSONObject
from gradlink.docs_page.exports.file_schemas import file_schemas

_TEXT: Final[JSONObject] = {"type": "string"}
_MAYBE_TEXT: Final[JSONObject] = {"type": ["string", "null"]}


def schemas(dialect: Dialect) -> JSONObject:
    """Return the schemas that are the same for all apps of a server."""
    return {
        **file_schemas(dialect),
        "Problem": {
            "type": "object",
            "description": "Why a request was refused.",
            "properties": {
                "detail": {
                    "anyOf": [
                        _TEXT,
                        {
                            "type": "object",
                            "properties": {"error": _TEXT, "auth_message": _MAYBE_TEXT},
                            "required": ["error"],
                        },
                    ]
                }
            },
            "required": ["detail"],
        },
        "InvalidRequest": {
            "type": "object",
            "description": "What is wrong with the values.",
            "properties": {
                "detail": {
                    "type": "array",
                    "items": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/MalformedBody"},
                            {"$ref": "#/components/schemas/RefusedValue"},
                        ]
                    },
                }
            },
            "required": ["detail"],
        },
        "MalformedBody": {
            "type": "object",
            "description": "The body of the request is not of the form that the server reads.",
            "properties": {
                "loc": {"type": "array", "items": {"anyOf": [_TEXT, {"type": "integer"}]}},
                "msg": _TEXT,
                "type": _TEXT,
            },
            "required": ["loc", "msg", "type"],
        },
        "RefusedValue": {
            "type": "object",
            "description": "What the app's own validator says of one value.",
            "properties": {
                "is_valid": {"type": "boolean"},
                "message": _TEXT,
                "parameter_name": _TEXT,
            },
            "required": ["is_valid", "message"],
        },
        "AppError": {
            "type": "object",
            "description": "The app's function has raised an error.",
            "properties": {
                "error": {
                    "type": ["string", "null"],
                    "description": "What it says; null where the app does not show its errors.",
                },
                "title": _MAYBE_TEXT,
                "visible": {"type": "boolean"},
                "duration": {
                    "type": ["number", "null"],
                    "description": "For how many seconds the app's page shows it.",
                },
            },
            "required": ["error"],
        },
        **(_EVENTS if dialect.calls_by_name else {}),
    }


def responses() -> JSONObject:
    """Return the answers of requests that failed."""
    problem: JSONObject = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        "BadRequest": {
            "description": "The request cannot be read, or its values were refused.",
            "content": {"application/json": problem},
        },
        "LoginRequired": {
            "description": "A login is required; see POST /login.",
            "content": {"application/json": problem},
        },
        "Forbidden": {
            "description": "The app does not serve this file.",
            "content": {"application/json": problem},
        },
        "NotFound": {
            "description": "There is no such thing, or the app does not let it be used in this way.",
            "content": {"application/json": problem},
        },
        "Invalid": {
            "description": "The body does not have the right form, or the app's validator refused a value.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InvalidRequest"}}},
        },
        "QueueFull": {
            "description": "The queue is full, or has been stopped: try again later.",
            "content": {"application/json": problem},
        },
        "ServerError": {
            "description": "The server failed: it also answers this to an argument that is unknown or missing.",
            "content": {"text/plain": {"schema": _TEXT, "example": "Internal Server Error"}},
        },
        "CallFailed": {
            "description": "The app's function has raised an error, or did not get the values that it needs.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/AppError"}},
                "text/plain": {"schema": _TEXT, "example": "Internal Server Error"},
            },
        },
        "TooLarge": {
            "description": "A file is larger than the app allows.",
            "content": {"text/plain": {"schema": _TEXT}},
        },
    }


_EVENTS: Final[JSONObject] = {
    "ErrorEvent": {
        "type": "object",
        "description": "The call has failed, and there are no more events.",
        "properties": {
            "event": {"type": "string", "const": "error"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/AppError"},
                        {"type": "string", "description": "What went wrong in the server."},
                        {"type": "null", "description": "Nothing is known of the error."},
                    ]
                },
            },
        },
        "required": ["event", "data"],
    },
    "HeartbeatEvent": {
        "type": "object",
        "description": "The call is not done yet; nothing else is meant.",
        "properties": {
            "event": {"type": "string", "const": "heartbeat"},
            "data": {"type": "string", "const": "null"},
        },
        "required": ["event", "data"],
    },
}
