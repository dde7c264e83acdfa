# ruff: noqa: I002  # Gradio reads what a function returns from annotations that are no texts
"""An app of functions that have types and no components."""

from typing import Any, Literal, NotRequired, TypedDict

import gradio as gr


class Address(TypedDict):
    street: str
    number: int


class Person(TypedDict):
    name: str
    addresses: list[Address]
    nick: NotRequired[str]


def typed() -> Any:
    """Functions that have types and no components."""

    def describe(
        person: Person, tags: list[str], scores: dict[str, float], mode: Literal["full", "short"] = "short"
    ) -> Person:
        """Describe a person."""
        return {**person, "nick": f"{mode}{len(tags)}{sum(scores.values()):g}"}

    def find(name: str | None = None, limit: int = 10, exact: bool = False) -> list[Person]:
        """Find people."""
        return [{"name": name or "nobody", "addresses": [{"street": "A", "number": limit + exact}]}]

    def steps(count: int) -> Any:
        """Count up."""
        yield from range(count)

    with gr.Blocks(title="Typed functions") as app:
        gr.api(describe, api_name="describe")
        gr.api(find, api_name="find")
        gr.api(steps, api_name="steps")
    return app
