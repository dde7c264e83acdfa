"""Build the site of the documentation, as ``make docs`` does.

``python tools/site.py OUT`` writes HTML that needs no network to be read, and ``llms.txt``, a list of the pages for programs that
read documentation. ``--without-typescript`` leaves out the reference of the npm package, which needs Node.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
TYPEDOC = ROOT / "tools" / "typedoc"
TYPESCRIPT = DOCS / "reference" / "typescript"


def main() -> int:
    """Build it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--without-typescript", action="store_true")
    options = parser.parse_args()
    if options.without_typescript:
        with tempfile.TemporaryDirectory(prefix="gradlink-site-") as folder:
            return build(without_typescript(Path(folder)), options.out)
    write_typescript()
    return build(DOCS, options.out)


def build(docs: Path, out: Path) -> int:
    """Build the site from the pages in ``docs``."""
    # Each warning is a mistake: a link that leads nowhere, a page that no list has.
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(docs), str(out)]
    done = subprocess.run(command, check=False)
    if done.returncode == 0:
        (out / "llms.txt").write_text(llms(), "utf-8")
        sys.stdout.write(f"The site is at {out / 'index.html'}\n")
    return done.returncode


def without_typescript(folder: Path) -> Path:
    """Return a copy of the pages in which the reference of the npm package says that it is left out."""
    for entry in ROOT.iterdir():
        if entry != DOCS:
            (folder / entry.name).symlink_to(entry)  # what pages include, and lead to
    docs = folder / DOCS.name
    shutil.copytree(
        DOCS, docs, ignore=lambda path, _: ["typescript"] if Path(path) == TYPESCRIPT.parent else []
    )
    (docs / "reference" / "typescript.md").write_text(
        "# JavaScript and TypeScript\n\nIt is left out of this build; `make docs` makes it.\n", "utf-8"
    )
    return docs


def write_typescript() -> None:
    """Write the pages of the npm package's reference, from its sources."""
    npm, npx = shutil.which("npm"), shutil.which("npx")
    if npm is None or npx is None:
        sys.exit("the reference of the npm package needs Node: use make docs, or --without-typescript")
    if not (TYPEDOC / "node_modules").exists():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=TYPEDOC, check=True)
    shutil.rmtree(TYPESCRIPT, ignore_errors=True)
    subprocess.run([npx, "typedoc"], cwd=TYPEDOC, check=True)


def llms() -> str:
    """Return the list of pages, each with its first sentence, in the form of llms.txt."""
    lines = ["# gradlink", "", f"> {first_sentence((DOCS / 'index.md').read_text('utf-8'))}"]
    for heading, pages in contents():
        lines += ["", f"## {heading}", ""]
        for name in pages:
            text = (DOCS / f"{name}.md").read_text("utf-8")
            title = text.partition("\n")[0].removeprefix("# ")
            lines.append(f"- [{title}]({name}.html): {first_sentence(text)}")
    return "\n".join(lines) + "\n"


def contents() -> list[tuple[str, list[str]]]:
    """Return the headings of the list of pages, with the names of their pages."""
    index = (DOCS / "index.md").read_text("utf-8")
    trees = re.findall(r"```\{toctree\}\n:caption: (.+)\n:hidden:\n\n([^`]+)```", index)
    return [(caption, pages.split()) for caption, pages in trees]


def first_sentence(text: str) -> str:
    """Return the first sentence of a page, in plain text."""
    paragraphs = [part for part in text.split("\n\n")[1:] if re.match(r"(?!```)[A-Za-z*`\[]", part)]
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)|[*`]", lambda link: link[1] or "", " ".join(paragraphs[0].split()))
    return re.split(r"(?<=[.:]) (?=[A-Z])", plain)[0]


if __name__ == "__main__":
    sys.exit(main())
