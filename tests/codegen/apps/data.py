"""Apps over tables and functions with types, in the shapes of Gradio's demos."""

from __future__ import annotations

from typing import Any

import gradio as gr


def table() -> Any:
    """A table in, a table out."""

    def transpose(rows):
        return [list(row) for row in zip(*rows, strict=True)]

    return gr.Interface(
        transpose,
        gr.Dataframe(type="array", label="matrix"),
        gr.Dataframe(type="array", label="transposed"),
        title="Transpose",
        flagging_mode="never",
        api_name="transpose",
    )


def plain_json() -> Any:
    """Any JSON."""
    with gr.Blocks(title="JSON") as app:
        value, out = gr.JSON(label="value"), gr.JSON(label="out")
        gr.Button().click(lambda value: value, value, out, api_name="keep")
        inputs = [gr.DateTime(label="when", type="string"), gr.ColorPicker("#ff0000", label="color")]
        outputs = [gr.HTML(label="html"), gr.Markdown(label="text")]
        gr.Button().click(lambda when, color: (when, color), inputs, outputs, api_name="show")
        gr.Button().click(
            lambda text: [("He", "PRON"), (" ran", None)],
            gr.Textbox(label="text"),
            gr.HighlightedText(label="words"),
            api_name="tag",
        )
    return app


def awkward() -> Any:
    """Names that are keywords, that Python's types have, that clients have, and that no ASCII is in."""
    with gr.Blocks(title="Awkward") as app:
        labels = (
            "self",
            "class",
            "headers",
            "timeout",
            "api_name",
            "größe",
            "str",
            "_private",
            "__mangled",
        )
        texts = [gr.Textbox(label.upper(), label=label) for label in labels]

        def joined(self, klass, headers, timeout, api_name, größe, text, private, mangled):  # noqa: PLC2401
            return f"{self} {klass} {headers} {timeout} {api_name} {größe} {text} {private} {mangled}"

        names = ["close", "client", "str", "__init__", "v1/say-it", "class", "größe", "with_options"]
        out = gr.Textbox(label="class")
        for name in names:
            gr.Button().click(joined, texts, out, api_name=name)
        two = [gr.Textbox(label="str"), gr.Textbox(label="_fields"), gr.Textbox(label="class")]
        gr.Button().click(lambda: ("a", "b", "c"), None, two, api_name="index")
        gr.api(reserved, api_name="reserved")
    return app


def reserved(
    headers: str,
    fn_index: int,
    timeout: float,
    result_callbacks: list[str],
    title: str = "t" * 50,
    cls: str = "c",
) -> str:
    r"""Say "yes" to \ everything; 'quotes' and ''more''.

    >>> reserved("x")
    """
    return f"{headers} {fn_index} {timeout} {result_callbacks} {len(title)} {cls}"


def rendered() -> Any:
    """A part that is rendered for each session, and what stays."""
    with gr.Blocks(title="Rendered") as app:
        count = gr.Slider(0, 5, value=1, step=1, label="count")
        out = gr.Textbox(label="out")
        count.change(lambda count: f"{int(count)} boxes", count, out, api_name="count")

        @gr.render(inputs=count)
        def boxes(count):
            for number in range(int(count)):
                gr.Textbox(label=f"box {number}")

    return app
