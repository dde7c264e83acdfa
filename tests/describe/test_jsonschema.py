"""What a JSON Schema may cost to read, and what it refers to."""

from __future__ import annotations

from gradlink._describe.jsonschema import Budget, referred


def test_a_reference_is_followed_no_further_than_the_budget_goes() -> None:
    root = {"$defs": {"a": {"type": "string"}}}
    spent = Budget(0)
    assert referred(root, "#/$defs/" + "a" * 100, spent) is None
    assert referred(root, "#/$defs/a", Budget(100)) == {"type": "string"}
