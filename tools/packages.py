"""Build what a release uploads, and verify it, as ``make packages`` does; nothing is published.

The sdist, the wheel that is built from it and the npm tarball go to OUT. The wheel and the sdist are checked by twine, the unit tests run
with the wheel in the place of the sources, and the tarball goes through js/'s tests of the package (publint, attw, bundlers, a clean install).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JS = ROOT / "js"
# Beside the package an sdist has what a packager, or a user without a network, looks for.
WANTED = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/index.md",
    "docs/tutorial.md",
    "examples/stream.py",
    "pyproject.toml",
)


def main() -> int:
    """Do it all; end with 1 at the first thing that is not right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("the npm package needs Node: use make packages")
    say("Building the sdist, and the wheel from it")
    run("-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT))
    sdist, wheel = single(out, "*.tar.gz"), single(out, "*.whl")
    say("Checking them with twine")
    run("-m", "twine", "check", "--strict", str(sdist), str(wheel))
    check_contents(sdist, wheel)
    say("Running the unit tests with the wheel")
    with tempfile.TemporaryDirectory(prefix="gradlink-wheel-") as folder:
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)  # noqa: S202 - made just now
        run("-c", IS_INSTALLED, folder, PYTHONPATH=folder)
        tests = [
            "-m",
            "pytest",
            "--unit",
            "-n",
            "2",
            "-q",
            "-p",
            "no:cacheprovider",
            "--ignore=tests/architecture",
        ]
        run(*tests, PYTHONPATH=folder)
    say("Building the npm package, and testing it")
    for command in (["run", "build"], ["exec", "--", "vitest", "run", "tests/package"]):
        subprocess.run([npm, "--silent", *command], cwd=JS, check=True)
    packing = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(out)]
    subprocess.run(packing, cwd=JS, check=True, stdout=subprocess.DEVNULL)
    say("These are ready; nothing was published:")
    for file in sorted(out.iterdir()):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        say(f"  {file.name}  {file.stat().st_size:,} bytes  sha256 {digest}")
    unreleased = "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    if unreleased:
        say("CHANGELOG.md still calls this version Unreleased: give it its number and its date first.")
    return 0


# With the sources on the path the tests would prove nothing of the wheel.
IS_INSTALLED = "import sys, gradlink; assert gradlink.__file__.startswith(sys.argv[1]), gradlink.__file__"


def check_contents(sdist: Path, wheel: Path) -> None:
    """End unless both have what belongs into them, and nothing else."""
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    if missing := [name for name in WANTED if name not in names]:
        sys.exit(f"the sdist lacks {', '.join(missing)}")
    with zipfile.ZipFile(wheel) as packed_wheel:
        tops = {name.partition("/")[0] for name in packed_wheel.namelist()}
        (metadata,) = [name for name in packed_wheel.namelist() if name.endswith(".dist-info/METADATA")]
        about = packed_wheel.read(metadata).decode()
    if relative := re.findall(r"\]\((?!https://|#)([^)]*)\)", about):
        sys.exit(f"the description of the wheel has links that lead nowhere: {', '.join(relative)}")
    if others := sorted(top for top in tops if top != "gradlink" and not top.endswith(".dist-info")):
        sys.exit(f"the wheel has {', '.join(others)} beside gradlink")


def single(folder: Path, pattern: str) -> Path:
    """Return the one file of this form."""
    (found,) = folder.glob(pattern)
    return found


def run(*arguments: str, **environment: str) -> None:
    """Run Python; end with its exit code if that is not 0."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if done.returncode != 0:
        sys.exit(done.returncode)


def say(text: str) -> None:
    """Write a line, before what the next program writes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
