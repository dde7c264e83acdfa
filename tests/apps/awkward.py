"""Functions that fail in more than one way, or are called in an unusual one."""

from __future__ import annotations

import gradio as gr


def fail_after_messages(text):
    """Tell the caller two things, then fail."""
    gr.Info(f"info:{text}")
    gr.Warning(f"warn:{text}")
    raise gr.Error(f"then failed: {text}")


def product(first, second):
    """Multiply two positive numbers."""
    return first * second


def check_product(first, second):
    """Accept positive numbers only, in both places."""
    return [
        gr.validate(first > 0, "first must be positive"),
        gr.validate(second > 0, "second must be positive"),
    ]
