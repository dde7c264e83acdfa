"""Files in the data of calls and of results, as JSON Schemas."""

from __future__ import annotations

from typing import Final

from gradlink._protocol.dialect import Dialect, FileForm, FileMark
from gradlink._protocol.jsonvalue import JSONObject

_TEXT: Final[JSONObject] = {"type": "string"}
_MAYBE_TEXT: Final[JSONObject] = {"type": ["string", "null"]}
_META: Final[JSONObject] = {
    "type": "object",
    "properties": {"_type": {"type": "string", "const": "gradio.FileData"}},
    "required": ["_type"],
}
_ABOUT: Final[JSONObject] = {
    "orig_name": {"type": ["string", "null"], "description": "The name that its owner gave it."},
    "size": {"type": ["integer", "null"], "description": "In bytes."},
    "mime_type": _MAYBE_TEXT,
    "is_stream": {"type": "boolean"},
}
_DATA_URI: Final[JSONObject] = {
    "type": "string",
    "description": "Its content, as a data URI: `data:…;base64,…`.",
}


def file_schemas(dialect: Dialect) -> JSONObject:
    """Return the schemas of files, by their names."""
    return {"FileData": _received_file(dialect), "FileToSend": _sent_file(dialect)}


def file_to_send(form: FileForm) -> JSONObject:
    """Return the schema of a file in the data of a call."""
    return dict(_DATA_URI) if form is FileForm.DATA_URI else {"$ref": "#/components/schemas/FileToSend"}


def received_file() -> JSONObject:
    """Return the schema of a file in a result."""
    return {"$ref": "#/components/schemas/FileData"}


def takes_uploads(dialect: Dialect) -> bool:
    """Tell whether files are uploaded before a call."""
    return dialect.file_form in {FileForm.FILE_DATA, FileForm.NAMED}


def _sent_file(dialect: Dialect) -> JSONObject:
    match dialect.file_form:
        case FileForm.FILE_DATA:
            path: JSONObject = {
                "type": "string",
                "description": "What POST upload has answered, or the URL of a public file.",
            }
            return {
                "type": "object",
                "description": "A file for the app.",
                "properties": {"path": path, "meta": _META, "url": _MAYBE_TEXT, **_ABOUT},
                "required": ["path", "meta"],
                "examples": [{"path": "…/in.png", "meta": {"_type": "gradio.FileData"}}],
            }
        case FileForm.NAMED:
            return {
                "type": "object",
                "description": "A file for the app.",
                "properties": {
                    "name": {"type": "string", "description": "What POST upload has answered."},
                    "data": {"type": "null"},
                    "is_file": {"type": "boolean", "const": True},
                    "orig_name": _TEXT,
                },
                "required": ["name", "data", "is_file"],
            }
        case _:
            return {
                "type": "object",
                "description": "A file for the app.",
                "properties": {"name": _TEXT, "data": _DATA_URI},
                "required": ["name", "data"],
            }


def _received_file(dialect: Dialect) -> JSONObject:
    served = "Where the app serves it, for as long as it keeps it."
    if dialect.file_mark is not FileMark.IS_FILE:
        return {
            "type": "object",
            "description": "A file of a result.",
            "properties": {
                "path": {"type": ["string", "null"], "description": "On the server; see GET file=."},
                "url": {"type": ["string", "null"], "description": served},
                **_ABOUT,
                **({"meta": _META} if dialect.file_mark is FileMark.META else {}),
            },
            "required": ["path"],
        }
    described: JSONObject = {
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"], "description": "On the server; see GET file=."},
            "data": {
                "type": ["string", "null"],
                "description": "Its content, as a data URI, if it has no name.",
            },
            "is_file": {"type": "boolean"},
            "orig_name": _TEXT,
        },
    }
    return {"description": "A file of a result.", "anyOf": [described, dict(_DATA_URI)]}
