"""The names of the apps in ``apps/``, for who has not to load Gradio."""

from __future__ import annotations

NAMES = (
    "hello", "sentiment", "calculator", "sentence", "picker", "countdown", "tabbed", "several", "counter", "progress",
    "classifier", "sepia", "reverse_audio", "zipped", "pictures", "video",
    "chat", "assistant", "multimodal", "chatbot",
    "table", "plain_json", "typed", "awkward", "rendered",
)  # fmt: skip
