"""The modules in ``golden/``: ``python -m tests.codegen.goldens`` writes them anew, from the apps in ``apps/``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.cli.connecting import Connecting
from gradlink.cli.generate import schema_of
from gradlink.codegen.description import describe_app
from gradlink.codegen.python import python_module
from gradlink.codegen.typescript import typescript_module
from tests.live.mounting import served
from tests.vectors.cases import app

APPS = "tests.codegen.apps.everyone"
GOLDEN = Path(__file__).parent / "golden"
# Where TypeScript has other types than Python has, or other names to quote.
IN_TYPESCRIPT = ("hello", "several", "multimodal", "awkward", "old_3_50")
# Apps of old releases, as the vectors have them: /info without names, without schemas that say much, and none at all.
OLD = {"old_3_16": "3.16.2", "old_3_34": "3.34.0", "old_3_50": "3.50.2", "old_4_0": "4.0.0"}


def schemas(url: str) -> Iterator[tuple[str, AppSchema]]:
    """Yield the apps below ``url``, and those of old releases."""
    from tests.codegen.names import NAMES

    for name in NAMES:
        yield name, schema_of(Connecting(f"{url}{name}"))
    for name, release in OLD.items():
        config, info = app(release)
        yield name, read_app({"title": f"Old app {name[4:]}", **config}, info)


def modules(name: str, schema: AppSchema) -> Mapping[str, str]:
    """Return the modules of an app by their files, as if it were served where apps usually are."""
    source = f"http://127.0.0.1:7860/{name}"
    made = {f"{name}.py": python_module(describe_app(schema), source, f"{name}.py")}
    if name in IN_TYPESCRIPT:
        made[f"{name}.ts"] = typescript_module(schema, source, f"{name}.ts")
    return made


def without_version(text: str) -> str:
    """Return a module without the version of gradlink that made it."""
    return re.sub(r"^# Made by gradlink \S+\.", "# Made by gradlink.", text)


def main() -> None:
    """Write all of them."""
    for path in (*GOLDEN.glob("*.py"), *GOLDEN.glob("*.ts")):
        path.unlink()
    with served(APPS) as url:
        for name, schema in schemas(url):
            for file, text in modules(name, schema).items():
                (GOLDEN / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
