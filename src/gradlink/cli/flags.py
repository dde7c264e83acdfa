"""The options of one endpoint, made at run time from what the app says of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import click

from gradlink._describe.fields import Field, type_of
from gradlink._describe.shapes import Boolean
from gradlink._describe.summary import about
from gradlink._text import one_line
from gradlink.cli.arguments import Given, split_item

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint


def parse(
    ctx: click.Context, endpoint: Endpoint, fields: Sequence[Field], items: Sequence[str]
) -> dict[str, list[Given]]:
    """Return what the command line gives for each parameter, in its order: by ``--flag``, or as ``NAME=VALUE``.

    Raises click.UsageError for an option that the endpoint does not have, and for an item that is none.
    """
    given: dict[str, list[Given]] = {}
    inner = endpoint_command(ctx, endpoint, fields)
    with inner.make_context(None, list(items), parent=ctx) as parsed:
        params: Mapping[str, object] = parsed.params
    for position, field in enumerate(fields):
        for text in _texts(params.get(f"p{position}")):
            given.setdefault(field.name, []).append(Given(text))
    for item in _texts(params.get("items")):
        name, value = split_item(item)
        given.setdefault(name, []).append(value)
    return given


def endpoint_command(ctx: click.Context, endpoint: Endpoint, fields: Sequence[Field]) -> click.Command:
    """Return the command that calls ``endpoint``: an option for each parameter whose name is free."""
    taken = {name for param in ctx.command.params for name in param.opts}
    options: list[click.Parameter] = []
    for position, field in enumerate(fields):
        flag = flag_of(field)
        if flag in taken or flag == "--" or not _usable(flag):
            continue
        taken.add(flag)
        options.append(_option(flag, position, field))
    options.append(click.Argument(["items"], nargs=-1, type=click.UNPROCESSED))
    return click.Command(endpoint.title, params=options, help=None, add_help_option=False)


def help_text(ctx: click.Context, endpoint: Endpoint, fields: Sequence[Field]) -> str:
    """Return the help of ``endpoint``: its parameters as options."""
    inner = endpoint_command(ctx, endpoint, fields)
    formatter = ctx.make_formatter()
    formatter.write_usage(ctx.command_path, f"APP {one_line(endpoint.title)} [--NAME VALUE | NAME=VALUE]...")
    if endpoint.description.strip():
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("\n".join(map(one_line, endpoint.description.strip().splitlines()[:20])))
    flags = {f"p{position}": field for position, field in enumerate(fields)}
    flagged = {param.name: param for param in inner.params if isinstance(param, click.Option)}
    rows = [
        (
            f"{'/'.join(flagged[name].opts + flagged[name].secondary_opts) if name in flagged else field.name + '='} "
            f"{'' if is_flag(field) else one_line(type_of(field))}".strip(),
            _help(field),
        )
        for name, field in flags.items()
    ]
    if rows:
        with formatter.section("Parameters"):
            formatter.write_dl(rows)
    else:
        formatter.write_paragraph()
        formatter.write_text("It takes no parameters.")
    return formatter.getvalue().rstrip("\n")


def _option(flag: str, position: int, field: Field) -> click.Option:
    if is_flag(field):
        return click.Option([f"{flag}/--no-{flag[2:]}", f"p{position}"], default=None)
    return click.Option([flag, f"p{position}"], multiple=True, type=click.UNPROCESSED)


def _help(field: Field) -> str:
    from gradlink._describe.signature import default_text

    default = (
        f"default {default_text(field.parameter.default)}" if field.parameter.has_default else "required"
    )
    return one_line("; ".join(filter(None, [default, about(field)])))


def _texts(value: object) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return ["true" if value else "false"]
        case tuple():
            return list(map(str, cast("tuple[object, ...]", value)))
        case _:
            return [str(value)]


def _usable(flag: str) -> bool:
    """Tell whether ``flag`` can be typed: an app may call its parameters anything."""
    return all(c.isalnum() or c in "-._" for c in flag)


def flag_of(field: Field) -> str:
    """Return the option that gives a parameter, such as ``--num-steps``."""
    return "--" + field.name.strip("_").replace("_", "-")


def is_flag(field: Field) -> bool:
    """Tell whether a parameter is true or false, so that its option needs no value."""
    return isinstance(field.shape, Boolean)
