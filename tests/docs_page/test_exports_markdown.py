"""The description of an app as Markdown: complete, and inert whatever the app says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gradlink.docs_page.exports.markdown import markdown
from gradlink.docs_page.exports.marked import block, code, line, table, text
from tests.codegen.hostile import hostile_app
from tests.docs_page.documents import SAID, big_app, document_of, schema
from tests.docs_page.test_openapi import made_app

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
# What stands in the file as HTML, all of it gradlink's own.
OURS = re.compile(r'<a id="endpoint-\d+">|</a>|</?code>|</?details>|</?summary>')
TEXTS = st.text(st.sampled_from("ab \\`*_[]<>|~&#+=-.1!()\n\t\"'$@:/w"), max_size=30) | st.text(max_size=30)


def tokens(said: str) -> list[Token]:
    """Return what a reader of Markdown finds, that within lines included."""
    return [one for token in READER.parse(said) for one in (token, *(token.children or []))]


def kinds(said: str) -> set[str]:
    return {token.type for token in tokens(said)}


def shown(said: str) -> str:
    """Return the text that a reader shows."""
    return "".join(
        token.content if token.type in {"text", "code_inline", "text_special"} else "\n"
        for token in tokens(said)
        if token.type in {"text", "code_inline", "text_special", "softbreak"}
    )


def test_an_app_has_contents_tables_examples_and_programs() -> None:
    written = markdown(document_of(schema()))
    assert written.startswith("# ")
    assert "- [/add](#endpoint-" in written
    assert "| `a` | `float` | required | Number |" in written
    assert "| `op` | `Literal['add', 'sub']` | `'add'` | Radio; one of `'add'`, `'sub'` |" in written
    assert "| result | `float` | Number |" in written
    assert "```python\nfrom gradlink import Client\n" in written
    assert "<details><summary>curl</summary>\n\n```bash\n" in written
    anchors = re.findall(r"\(#(endpoint-\d+)\)", written)
    assert anchors == re.findall(r'<a id="(endpoint-\d+)"></a>', written)
    assert len(markdown(document_of(big_app()))) < 2_000_000


def test_an_endpoint_says_what_is_particular_about_it() -> None:
    written = markdown(document_of(schema()))
    assert "It streams: its values come one after the other." in written
    assert "It keeps something for each session (State)." in written
    assert "It takes nothing." in written
    assert "It returns nothing." in markdown(document_of(made_app([])))


@pytest.mark.parametrize("said", SAID)
def test_nothing_an_app_says_is_markup(said: str) -> None:
    calm, hostile = schema(), hostile_app(said)
    plain, written = (tokens(markdown(document_of(one))) for one in (calm, hostile))
    for token in written:
        if token.type in {"html_inline", "html_block"}:
            assert OURS.sub("", re.sub("<summary>[^<>]*</summary>", "", token.content)).strip() == "", (
                token.content
            )
    kinds_of = {token.type for token in plain} | {
        "code_inline",
        "html_inline",
        "softbreak",
        "entity",
        "text_special",
    }
    assert {token.type for token in written} <= kinds_of
    assert all(
        re.fullmatch(r"#endpoint-\d+", str(one.attrs["href"])) for one in written if one.type == "link_open"
    )
    columns = [token for token in written if token.type in {"tr_open", "th_open", "td_open"}]
    sizes = re.findall("r[hd]*", "".join(one.type[1] for one in columns))
    assert set(map(len, sizes)) <= {4, 5}


@given(TEXTS)
def test_a_line_is_shown_as_it_was_said(said: str) -> None:
    written = line(said)
    assert "\n" not in written
    assert kinds(f"x {written} x") <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}


@given(TEXTS)
def test_lines_of_text_are_paragraphs_and_nothing_else(said: str) -> None:
    assert kinds(text(said)) <= {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "text",
        "softbreak",
        "text_special",
    }


@given(TEXTS, TEXTS)
def test_cells_stay_in_their_columns(first: str, second: str) -> None:
    written = table(["a", "b"], [[line(first), code(second)], [code(first), line(second)]])
    assert [token.type for token in tokens(written)].count("td_open") == 4
    assert not kinds(written) & {"link_open", "image", "html_block", "em_open", "strong_open"}


@given(TEXTS)
def test_a_program_ends_where_its_block_ends(said: str) -> None:
    program = f"x{said}"
    written = tokens(f"{block(program, 'python')}\n\nafter")
    assert [one.type for one in written][:1] == ["fence"]
    assert [one.type for one in written].count("fence") == 1


def test_texts_are_escaped_as_github_reads_them() -> None:
    assert line("a|b `c` <b> *d* @me http://x.y www.z.y") == (
        r"a\|b \`c\` \<b\> \*d\* \@me http\://x.y www\.z.y"
    )
    assert text("# a\n- b\n1. c\n    d\n===") == "\\# a\n\\- b\n1\\. c\nd\n\\==="
    assert code("a b") == "`a b`"
    assert code("a|`b\\") == "<code>a&#124;&#96;b&#92;</code>"
    assert code("") == ""
    assert block("a\n```\nb\n", "python") == "````python\na\n```\nb\n````"
    assert shown(line(r"a\b *c*")) == r"a\b *c*"
