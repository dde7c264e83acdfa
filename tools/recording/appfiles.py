"""Cut what an app says of itself down to what a client reads."""

from __future__ import annotations

import json
from typing import Any

# For browsers only; some of it is most of the size of a config.
DROPPED_FROM_CONFIG = {
    "body_css", "css", "css_paths", "custom_component_ids", "favicon", "fill_height", "fill_width",
    "footer_links", "head", "head_paths", "i18n_translations", "js", "layout", "pwa", "run_history",
    "stylesheets", "theme", "theme_hash", "theme_mode",
}  # fmt: skip
DROPPED_FROM_DEPENDENCY = {
    "api_code_snippets", "collects_event_data", "component_prop_inputs", "event_specific_args",
    "final_event", "js", "js_implementation", "like_user_message", "no_target", "pending_statuses",
    "postprocess", "preprocess", "render_id", "scroll_to_output", "show_progress", "show_progress_on",
    "status_tracker", "stream_every", "trigger", "trigger_after", "trigger_mode",
    "trigger_only_on_failure", "trigger_only_on_success",
}  # fmt: skip
LONG_EXAMPLE = 200  # Characters; a client shows short ones.
KEPT_PROPS = {
    "choices", "file_count", "file_types", "label", "max_choices", "maximum", "minimum", "multiselect",
    "name", "source", "sources", "streaming", "type", "value", "visible",
}  # fmt: skip
DROPPED_FROM_COMPONENT = {
    "component_class_id", "documentation", "example_inputs", "has_modes", "key", "rendered_in", "version",
}  # fmt: skip


def cut_config(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config without what no client reads."""
    kept = {key: value for key, value in config.items() if key not in DROPPED_FROM_CONFIG}
    kept["components"] = [_cut_component(entry) for entry in config["components"]]
    kept["dependencies"] = [
        {key: value for key, value in entry.items() if key not in DROPPED_FROM_DEPENDENCY}
        for entry in config["dependencies"]
    ]
    if "page" in kept:
        kept["page"] = {
            name: {key: value for key, value in page.items() if key != "layout"}
            for name, page in kept["page"].items()
        }
    return kept


def cut_info(info: dict[str, Any]) -> dict[str, Any]:
    """Return a description of the API without examples of code and without prose."""
    return {
        group: {name: _cut_endpoint(endpoint) for name, endpoint in endpoints.items()}
        for group, endpoints in info.items()
    }


def added(every: dict[str, Any], info: dict[str, Any]) -> dict[str, Any]:
    """Return the endpoints of ``every`` that ``info`` leaves out."""
    return {
        group: {name: endpoint for name, endpoint in endpoints.items() if name not in info.get(group, {})}
        for group, endpoints in every.items()
    }


def _cut_component(entry: dict[str, Any]) -> dict[str, Any]:
    dropped = set(DROPPED_FROM_COMPONENT)
    if "api_info_as_input" in entry:
        dropped.add("api_info")  # Says it all again.
    kept = {key: value for key, value in entry.items() if key not in dropped}
    kept["props"] = {key: value for key, value in entry["props"].items() if key in KEPT_PROPS}
    for key in ("api_info", "api_info_as_input", "api_info_as_output"):
        if key in kept:
            kept[key] = _without_prose(kept[key])
    return kept


def _cut_endpoint(endpoint: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in endpoint.items() if key != "code_snippets"}
    for side in ("parameters", "returns"):
        kept[side] = [_cut_value(value) for value in endpoint[side]]
    return kept


def _cut_value(value: dict[str, Any]) -> dict[str, Any]:
    kept = {**value, "type": _without_prose(value["type"])}
    if len(json.dumps(kept.get("example_input"))) > LONG_EXAMPLE:
        del kept["example_input"]
    return kept


def _without_prose(schema: Any) -> Any:
    """Return a JSON schema without the titles and descriptions that are made from the names of classes."""
    if isinstance(schema, list):
        return [_without_prose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may have such a name too: then it is a schema, no text. Gradio 3 has no schema but a description.
    prose = () if set(schema) <= {"description"} else ("title", "description")
    return {
        key: _without_prose(value)
        for key, value in schema.items()
        if key not in prose or not isinstance(value, str)
    }
