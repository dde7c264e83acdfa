"""The types of Python, as annotations and the declarations they need, that shapes describe."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable
from typing import Final, assert_never

from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Field,
    File,
    Intersection,
    Kind,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    kind_of,
    merged,
    union,
)
from gradlink.codegen.python_docs import docstring
from gradlink.codegen.python_layout import (
    WIDTH,
    Alternatives,
    Expression,
    Subscript,
    Word,
    flat,
    laid_out,
)
from gradlink.codegen.python_names import USED
from gradlink.codegen.quoting import name_of, python_text

# A longer type gets a name.
_MAX_INLINE: Final = 48
_ANY: Final = Word("Any")
_NONE: Final = Word("None")
_KINDS: Final[dict[Kind, Expression]] = {
    "bool": Word("bool"),
    "int": Word("int"),
    "float": Word("float"),
    "str": Word("str"),
    "None": _NONE,
    "list": Subscript("list", (_ANY,)),
    "dict": Subscript("dict", (Word("str"), _ANY)),
}


class PythonTypes:
    """The types of one module, each declared once.

    Attributes:
        declarations: statements, those that others use before them.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        """Take the names that no type may have."""
        self.declarations: list[str] = []
        self._taken = {*USED, *taken}
        self._counts: dict[str, int] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def sent(self, shape: Shape, *words: str) -> Expression:
        """Return the type of a value that goes to the app; ``words`` name what has to be declared for it."""
        return self.short(_Writer(self, sent=True).expression(shape, words), words)

    def received(self, shape: Shape, *words: str) -> Expression:
        """Return the type of a value that comes from the app."""
        return self.short(_Writer(self, sent=False).expression(shape, words), words)

    def named(self, expression: Expression, *words: str) -> Word:
        """Return a name for a type, which is declared unless it has one."""
        if isinstance(expression, Word):
            return expression
        text = flat(expression)
        found = self._names.get((text,))
        if found is None:
            found = self._names[text,] = self.new_name(words)
            lines = laid_out("", f"{found}: TypeAlias = ", expression)
            self.declarations.append("\n".join(lines))
        return Word(found)

    def new_name(self, words: Iterable[str]) -> str:
        """Return a name that nothing in the module has. The numbers go on: many share one."""
        name = unique = name_of(list(words), "Type")
        while unique in self._taken:
            self._counts[name] = self._counts.get(name, 1) + 1
            unique = f"{name}{self._counts[name]}"
        self._taken.add(unique)
        return unique

    def record(self, fields: list[tuple[str, Expression]], words: tuple[str, ...]) -> Word:
        """Return the name of an object with these fields, which is declared unless it has one."""
        key = ("{}", *(f"{name!r}: {flat(expression)}" for name, expression in fields))
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self.new_name(words)
            self.declarations.append(_typed_dict(found, fields, words))
        return Word(found)

    def short(self, expression: Expression, words: Iterable[str]) -> Expression:
        """Return ``expression``, or its name if it is long."""
        return expression if len(flat(expression)) <= _MAX_INLINE else self.named(expression, *words)


class _Writer:
    """Writes the types of values that go one way."""

    def __init__(self, types: PythonTypes, *, sent: bool) -> None:
        self._types = types
        self._sent = sent

    def expression(self, shape: Shape, words: tuple[str, ...]) -> Expression:
        return _joined(self._alternatives(shape, words))

    def _alternatives(self, shape: Shape, words: tuple[str, ...]) -> list[Word | Subscript]:
        """Return the members of the union that ``shape`` is; one, mostly."""
        match shape:
            case Text():
                return [Word("str")]
            case Boolean():
                return [Word("bool")]
            case Null():
                return [_NONE]
            case Number():
                return [Word("int" if shape.whole else "float")]
            case Choice():
                return _choice(shape)
            case Many():
                return [Subscript("list", (self._inner(shape.items, words),))]
            case Row():
                return self._row(shape, words)
            case Record():
                return [self._record(shape, words)]
            case File():
                return [Word("FileInput" if self._sent else "str")]
            case Union():
                return [text for member in shape.members for text in self._alternatives(member, words)]
            case Intersection():
                whole = merged(shape.parts)
                return [_ANY if whole is None else self._record(whole, words)]
            case AnyJson() | Anything() | Never():
                return [_ANY]
            case _:
                assert_never(shape)

    def _inner(self, shape: Shape, words: tuple[str, ...]) -> Expression:
        return self._types.short(self.expression(shape, words), words)

    def _row(self, shape: Row, words: tuple[str, ...]) -> list[Word | Subscript]:
        """Return a list, as JSON has it; a tuple can be given as well, and says which item is what."""
        rest = [] if shape.rest is None else [shape.rest]
        items: list[Word | Subscript] = [
            Subscript("list", (self._inner(union([*shape.items, *rest]), words),))
        ]
        if self._sent and not rest:
            items.insert(
                0, Subscript("tuple", tuple(self._inner(item, (*words, "item")) for item in shape.items))
            )
        return items

    def _record(self, shape: Record, words: tuple[str, ...]) -> Word | Subscript:
        if shape.left_out or not shape.fields:
            unknown = shape.left_out or shape.rest is None or isinstance(shape.rest, Never)
            inner = _ANY if unknown else self._inner(shape.rest or Anything(), words)
            return Subscript("dict", (Word("str"), inner))
        return self._types.record([self._field(field, words) for field in shape.fields], words)

    def _field(self, field: Field, words: tuple[str, ...]) -> tuple[str, Expression]:
        inner = self._inner(field.shape, (*words, field.name))
        if len(field.name) + len(flat(inner)) > _MAX_INLINE:
            inner = self._types.named(inner, *words, field.name)
        always = field.required or (not self._sent and field.has_default)
        return field.name, inner if always else Subscript("NotRequired", (inner,))


def _choice(shape: Choice) -> list[Word | Subscript]:
    """Return ``Literal[...]`` for the values that have one, and the types of the others."""
    shown: list[Expression] = []
    kinds: list[Kind] = [*shape.others, *shape.left_out]
    for value in shape.values:
        match value:
            case str():
                shown.append(Word(python_text(value)))
            case bool() | int():
                shown.append(Word(repr(value)))
            case _:  # a float has no literal type
                kinds.append(kind_of(value))
    choices: list[Word | Subscript] = [Subscript("Literal", tuple(shown))] if shown else []
    return choices + [
        one for kind in dict.fromkeys(kinds) if not isinstance(one := _KINDS[kind], Alternatives)
    ]


def _joined(members: list[Word | Subscript]) -> Expression:
    """Return the union of ``members`` without those that say nothing more; None stands at its end."""
    distinct = {flat(member): member for member in members}
    if "Any" in distinct or not distinct:
        return _ANY
    for wide, narrow in (("FileInput", "str"), ("float", "int")):
        if wide in distinct:
            distinct.pop(narrow, None)
    any_text = not distinct.keys().isdisjoint({"str", "FileInput"})
    none = [distinct.pop("None")] if "None" in distinct else []
    kept = [one for one in distinct.values() if not (any_text and _are_texts(one))]
    members = [*kept, *none]
    return members[0] if len(members) == 1 else Alternatives(tuple(members))


def _are_texts(member: Word | Subscript) -> bool:
    """Tell whether ``member`` is a choice of texts, which says nothing more beside any text."""
    if not isinstance(member, Subscript) or member.name != "Literal":
        return False
    return all(flat(one)[0] in "'\"" for one in member.arguments)


def _typed_dict(name: str, fields: list[tuple[str, Expression]], words: tuple[str, ...]) -> str:
    if all(_is_plain(key) for key, _ in fields):
        # The first words are identifiers: the method, and what it takes or returns.
        where = " of ".join(f"`{word}`" for word in reversed(words[:2]))
        about = docstring([f"An object in {where}."], "    ")
        lines = [f"class {name}(TypedDict):", *about, ""]
        return "\n".join(lines + [line for key, one in fields for line in laid_out("    ", f"{key}: ", one)])
    body = [line for key, one in fields for line in laid_out("        ", f"{python_text(key)}: ", one, ",")]
    return "\n".join([f"{name} = TypedDict(", f'    "{name}",', "    {", *body, "    },", ")"])


def _is_plain(key: str) -> bool:
    """Tell whether a key can be written as a field of a class: one that Python reads as it stands, and hides no type."""
    # Python reads names in their normal form, and changes those with two underscores before them.
    normal = unicodedata.normalize("NFKC", key) == key if len(key) <= WIDTH else False
    usable = normal and key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__")
    return usable and key not in USED
