"""Apps over texts, in the shapes of Gradio's demos: what a function of strings and numbers looks like to its callers."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr


def hello() -> Any:
    """One text in, one out, with a slider."""

    def greet(name: str, intensity: float) -> str:
        """Greet somebody, louder with every step.

        The greeting ends with as many exclamation marks.
        """
        return f"Hello, {name}{'!' * int(intensity)}"

    with gr.Blocks(title="Hello World") as app:
        name = gr.Textbox(label="Your name", info="As your friends call you")
        steps = gr.Slider(1, 10, value=2, step=1, label="intensity")
        gr.Button().click(greet, [name, steps], gr.Textbox(label="greeting"), api_name="greet")
    return app


def sentiment() -> Any:
    """A text classified: label and confidences."""

    def classify(text: str) -> dict[str, float]:
        good = 0.9 if "good" in text else 0.2
        return {"positive": good, "negative": 1 - good}

    return gr.Interface(
        classify,
        gr.Textbox(label="review"),
        gr.Label(label="sentiment"),
        title="Sentiment",
        flagging_mode="never",
        api_name="classify",
    )


def calculator() -> Any:
    """Two numbers and an operation, of which there are four."""

    def calculate(num1: float, operation: str, num2: float) -> float:
        if operation == "divide" and num2 == 0:
            raise gr.Error("Cannot divide by zero!")
        return {
            "add": num1 + num2,
            "subtract": num1 - num2,
            "multiply": num1 * num2,
            "divide": num1 / (num2 or 1),
        }[operation]

    operation = gr.Radio(["add", "subtract", "multiply", "divide"], value="add", label="operation")
    return gr.Interface(
        calculate,
        [gr.Number(4, label="num1"), operation, gr.Number(minimum=-100, maximum=100, label="num2")],
        gr.Number(label="result"),
        title="Calculator",
        flagging_mode="never",
        api_name="calculate",
    )


def sentence() -> Any:
    """Every kind of choice: slider, drop-downs for one and several, check boxes, radio buttons."""

    def build(quantity, animal, countries, place, activities, morning):
        when = "morning" if morning else "night"
        there = " and ".join(countries)
        return f"The {quantity} {animal}s from {there} went to the {place} where they {' and '.join(activities)} until the {when}"

    with gr.Blocks(title="Sentence builder") as app:
        inputs = [
            gr.Slider(2, 20, value=4, step=1, label="Count", info="Choose between 2 and 20"),
            gr.Dropdown(["cat", "dog", "bird"], label="Animal", info="Will add more animals later!"),
            gr.Dropdown(["USA", "Japan", "Pakistan"], value=["Japan"], multiselect=True, label="Countries"),
            gr.Radio(["park", "zoo", "road"], label="Location"),
            gr.CheckboxGroup(["ran", "swam", "ate"], value=["ran", "ate"], label="Activity"),
            gr.Checkbox(label="Morning"),
        ]
        gr.Button().click(build, inputs, gr.Textbox(label="sentence"), api_name="build")
    return app


def picker() -> Any:
    """Choices whose labels are not their values, and values that are not among the choices."""

    def pick(size, color, tags):
        return f"{size} {color} {','.join(tags or [])}"

    with gr.Blocks(title="Picker") as app:
        inputs = [
            gr.Dropdown([("small", 1), ("large", 2)], value=1, label="size"),
            gr.Dropdown(["red", "blue"], value="red", allow_custom_value=True, label="color"),
            gr.Dropdown(["a", "b"], multiselect=True, allow_custom_value=True, label="tags"),
        ]
        gr.Button().click(pick, inputs, gr.Textbox(label="picked"), api_name="pick")
    return app


def countdown() -> Any:
    """A text that is streamed."""

    def count(start: float, unit: str = "s"):
        """Count down, one value after the other."""
        for number in range(int(start), -1, -1):
            yield f"{number}{unit}"

    def grow(start: float):
        yield "a", 1
        yield "ab", 2

    with gr.Blocks(title="Countdown") as app:
        inputs = [gr.Number(3, label="start", precision=0), gr.Textbox("s", label="unit")]
        gr.Button().click(count, inputs, gr.Textbox(label="left"), api_name="count")
        two = [gr.Textbox(label="text"), gr.Number(label="length")]
        gr.Button().click(grow, inputs[:1], two, api_name="grow")
    return app


def tabbed() -> Any:
    """Two tabs, whose components have the same labels."""
    with gr.Blocks(title="Flip text") as app:
        for tab, fn in (("first", lambda text: text[::-1]), ("second", lambda text: text.upper())):
            with gr.Tab(tab):
                text = gr.Textbox(label="text")
                gr.Button().click(fn, text, gr.Textbox(label="out"), api_name=f"{tab}_tab")
    return app


def several() -> Any:
    """Several results, several parameters of one label, endpoints without a result or a parameter, and unnamed ones."""

    def analyse(a, b, c):
        return f"{a}{b}{c}", len(a), a.isupper(), {"a": [1, 2]}

    with gr.Blocks(title="Several") as app:
        inputs = [gr.Textbox(label="text"), gr.Textbox("b", label="text"), gr.Textbox("c", label="text")]
        outputs = [
            gr.Textbox(label="text"),
            gr.Number(label="count", precision=0),
            gr.Checkbox(label="Is upper?"),
            gr.JSON(label="index"),
        ]
        gr.Button().click(analyse, inputs, outputs, api_name="analyse")
        gr.Button().click(lambda text: None, inputs[:1], None, api_name="forget")
        gr.Button().click(lambda: "pong", None, outputs[0], api_name="ping")
        gr.Button().click(lambda text: text, inputs[:1], outputs[0], api_name=False)
        gr.Button().click(lambda text: text, inputs[:1], outputs[0])
    return app


def counter() -> Any:
    """State: what the session keeps is neither parameter nor result."""

    def add(amount, total):
        total += amount
        return total, total

    with gr.Blocks(title="State counter") as app:
        total = gr.State(0)
        amount = gr.Number(1, label="amount")
        gr.Button().click(add, [amount, total], [gr.Number(label="total"), total], api_name="add")
    return app


def progress() -> Any:
    """A function that tells of its progress, and one that is slow to type about: many parameters with long names."""

    def load(steps: float, progress: Any = gr.Progress()) -> str:  # noqa: B008  # as authors of apps write it
        for _ in progress.tqdm(range(int(steps))):
            time.sleep(0)
        return "loaded"

    def generate(*values):
        return " ".join(map(str, values))

    with gr.Blocks(title="Progress") as app:
        gr.Button().click(load, gr.Number(2, label="steps"), gr.Textbox(label="state"), api_name="load")
        inputs = [
            gr.Textbox(label="the_prompt_that_says_what_is_to_be_seen_in_the_picture", value="x" * 60),
            gr.Textbox(label="the_negative_prompt", value="nothing of what is ugly, blurred or wrong"),
            gr.Slider(0, 2**31 - 1, value=0, step=1, label="seed"),
            gr.Slider(1.0, 20.0, value=7.5, step=0.5, label="guidance scale"),
            gr.Dropdown(
                ["euler ancestral with exponential noise", "dpm++ 2m karras sde", "uni pc bh2 corrected"],
                value="dpm++ 2m karras sde",
                label="scheduler",
            ),
        ]
        gr.Button().click(generate, inputs, gr.Textbox(label="image"), api_name="generate")
    return app
