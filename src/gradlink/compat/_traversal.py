"""Walking through values, as programs for gradio_client do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeGuard


def traverse(json_obj: Any, func: Callable[[Any], Any], is_root: Callable[[Any], bool]) -> Any:
    """Return a copy of ``json_obj`` in which ``func`` has replaced each part that ``is_root`` picks."""
    if is_root(json_obj):
        return func(json_obj)
    if _is_dict(json_obj):
        return {key: traverse(value, func, is_root) for key, value in json_obj.items()}
    if _is_list(json_obj):
        return [traverse(item, func, is_root) for item in json_obj]
    return json_obj


async def async_traverse(
    json_obj: Any, func: Callable[[Any], Awaitable[Any]], is_root: Callable[[Any], bool]
) -> Any:
    """Do the same with a function that is awaited, one part after the other."""
    if is_root(json_obj):
        return await func(json_obj)
    if _is_dict(json_obj):
        return {key: await async_traverse(value, func, is_root) for key, value in json_obj.items()}
    if _is_list(json_obj):
        return [await async_traverse(item, func, is_root) for item in json_obj]
    return json_obj


def is_http_url_like(possible_url: object) -> TypeGuard[str]:
    """Tell whether a value is a text that begins as the address of a web page does."""
    return isinstance(possible_url, str) and possible_url.startswith(("http://", "https://"))


def is_file_obj(d: object) -> bool:
    """Tell whether a value is a dict with a ``path``, as servers up to Gradio 4.20 send a file."""
    return _is_dict(d) and isinstance(d.get("path"), str)


def is_file_obj_with_meta(d: object) -> bool:
    """Tell whether a value is a file with the mark that newer servers give it."""
    if not _is_dict(d) or not is_file_obj(d):
        return False
    meta = d.get("meta")
    return _is_dict(meta) and meta.get("_type") == "gradio.FileData"


def is_file_obj_with_url(d: object) -> bool:
    """Tell whether a value is such a file, and says where it can be fetched."""
    return _is_dict(d) and is_file_obj_with_meta(d) and isinstance(d.get("url"), str)


def _is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)
