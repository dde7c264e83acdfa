"""gradlink in the place of gradio_client: for packages that import that name, and for whole programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.programs import run
from tests.live.servers import Servers

pytestmark = pytest.mark.live


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradlink.compat", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_loads_neither_an_event_loop_nor_httpx() -> None:
    program = "import gradlink.compat, sys; print([name for name in ('asyncio', 'httpx', 'gradio', 'huggingface_hub') if name in sys.modules])"
    assert run(program) == ["[]"]


def test_what_packages_import_is_gradlink() -> None:
    program = """
import gradlink.compat
gradlink.compat.install()
gradlink.compat.install()
import gradio_client, gradio_client.client
from gradio_client import utils as client_utils
from gradio_client.exceptions import AppError
print(gradio_client is gradlink.compat, gradio_client.client.Client is gradio_client.Client)
print(client_utils is gradlink.compat.utils, AppError is gradlink.compat.exceptions.AppError, gradio_client.__version__)
import importlib.util
print(importlib.util.find_spec("gradio_client") is not None)
"""
    assert run(program) == ["True True", "True True 2.7.2", "True"]


@pytest.mark.parametrize(
    ("loaded", "said"),
    [
        ("gradio_client", "gradio_client 2.7.2 is imported already; call gradlink.compat.install() before anything imports it"),
        ("gradio", "gradio is imported in this process, and its server needs the gradio_client that it came with"),
    ],
)  # fmt: skip
def test_it_is_refused_where_it_comes_too_late(loaded: str, said: str) -> None:
    program = f"""
import {loaded}, gradio_client
import gradlink.compat
try:
    gradlink.compat.install()
except RuntimeError as error:
    print({said!r} in str(error), isinstance(error, gradlink.GradlinkError))
print(gradio_client is gradlink.compat)
"""
    assert run(program) == ["True True", "False"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("import gradio_client.documentation", "gradio_client.documentation belongs to gradio's server"),
        ("from gradio_client.serializing import x", "gradio_client.serializing belongs to gradio's server"),
        ("import gradio_client.nonsense", "has no 'nonsense'"),
        ("from gradio_client import documentation", "documentation"),
        ("from gradio_client.utils import get_type", "gradio_client.utils.get_type belongs to gradio's server"),
        ("import gradio", "gradio cannot be imported in this process"),
    ],
)  # fmt: skip
def test_what_is_not_there_says_why(statement: str, said: str) -> None:
    program = f"""
import gradlink.compat
gradlink.compat.install()
try:
    {statement}
except ImportError as error:
    print({said!r} in str(error) or str(error))
"""
    assert run(program) == ["True"]


def test_packages_that_were_written_before_2_may_give_hf_token(server: Servers) -> None:
    program = """
import sys, warnings
import gradlink.compat
url = sys.argv[1]
try:
    gradlink.compat.Client(url, verbose=False, hf_token="hf_x")
except TypeError as error:
    print(error)
gradlink.compat.install()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    client = gradlink.compat.Client(url, verbose=False, hf_token="hf_x")
print(client.token, [str(w.message) for w in caught if w.category is DeprecationWarning])
client.close()
"""
    assert run(program, server().url) == [
        "Client() has no option 'hf_token'; write token=",
        "hf_x ['hf_token is now token']",
    ]


def test_a_program_is_run_with_its_arguments(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("word = 'beside'\n")
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, gradio_client, beside\n"
        "print(__name__, sys.argv[1:], gradio_client.__name__, beside.word, sys.argv[0].endswith('program.py'))\n"
    )
    done = started(str(program), "-x", "--help")
    assert (done.stdout, done.stderr) == ("__main__ ['-x', '--help'] gradlink.compat beside True\n", "")


def test_a_module_is_run_with_its_arguments(tmp_path: Path) -> None:
    done = started("-m", "this", "argument")
    assert done.stdout.startswith("The Zen of Python")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "usage: python -m gradlink.compat program.py"),
        (["-x"], 2, "usage: "),
        (["-h"], 0, "usage: "),
        (["--help"], 0, "usage: "),
        (["no/such/program.py"], 1, "there is no file 'no/such/program.py'"),
    ],
)
def test_a_wrong_command_line_is_told(arguments: list[str], code: int, said: str) -> None:
    done = started(*arguments)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
