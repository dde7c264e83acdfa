"""Scenarios about what goes in and what comes out: values, streams, errors, files."""

from __future__ import annotations

import base64
from typing import Any

from tools.recording.jobs import Lab
from tools.recording.scenario import scenario

PNG = base64.b64decode(  # Two pixels, red and blue.
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8AARP8BAAgAAf8RFHc6AAAAAElFTkSuQmCC"
)
NO_UPLOADS = ((3,), (3, 19), "the server has no uploads before 3.19: files travel inside of the payload")


@scenario()
async def echo(lab: Lab) -> None:
    """One job with one value."""
    await lab.session().run("echo", ["hello"])


@scenario()
async def echo_unicode(lab: Lab) -> None:
    """Text that careless readers break: line separators, emoji, quotes, control characters."""
    await lab.session().run("echo", ['a\u2028b\u0085c é 😀 "q" \\ \r\n\t\u0000 end'])


@scenario()
async def add(lab: Lab) -> None:
    """Several inputs, of different types."""
    await lab.session().run("add", [5, 2.5, "sub"])


@scenario()
async def add_too_few(lab: Lab) -> None:
    """Too few values: the function fails with a text of the server."""
    await lab.session().run("add", [5])


@scenario()
async def add_no_choice(lab: Lab) -> None:
    """A value that is none of the choices."""
    await lab.session().run("add", [5, 2, "mul"])


@scenario()
async def kitchen(lab: Lab) -> None:
    """One input of every simple component."""
    await lab.session().run("kitchen", ["t", 1, 7, False, "add", "y", ["p", "q"], {"k": [1, None]}])


@scenario()
async def multi(lab: Lab) -> None:
    """Three outputs, one of them a label with confidences."""
    await lab.session().run("multi", ["hello"])


@scenario()
async def upd(lab: Lab) -> None:
    """An output that is an update of its component."""
    await lab.session().run("upd", ["hello"])


@scenario()
async def counter(lab: Lab) -> None:
    """State lives in the session and is null on the wire; another session starts anew."""
    session = lab.session()
    await session.run("counter", [3, None])
    await session.run("counter", [4, None])
    await lab.session().run("counter", [5, None])


@scenario()
async def count(lab: Lab) -> None:
    """A generator whose text grows."""
    await lab.session().run("count", ["ab", 4])


@scenario(first=(4, 20), why="simple_format exists since 4.20")
async def count_simple(lab: Lab) -> None:
    """The same with simple_format: full values instead of edits."""
    session = lab.session()
    await session.submit("count", ["ab", 4], simple_format=True)
    await session.end()


@scenario()
async def chat(lab: Lab) -> None:
    """A generator with two outputs, one of them a chat history whose last message grows."""
    await lab.session().run("chat", ["hi", []])


@scenario()
async def chatlist(lab: Lab) -> None:
    """Chat histories that grow and shrink: 1, 3, 4, 1, 2 elements."""
    await lab.session().run("chatlist", [])


@scenario()
async def jsongen(lab: Lab) -> None:
    """Dicts that change in every way there is."""
    await lab.session().run("jsongen", [])


@scenario()
async def samegen(lab: Lab) -> None:
    """A generator that gives the same value three times."""
    await lab.session().run("samegen", [])


@scenario()
async def framegen(lab: Lab) -> None:
    """Tables that grow and shrink in both directions: edits inside of nested lists."""
    await lab.session().run("framegen", [])


@scenario()
async def emptygen(lab: Lab) -> None:
    """A generator that gives no value at all."""
    await lab.session().run("emptygen", [])


@scenario()
async def progress(lab: Lab) -> None:
    """Progress of three steps, each told before the next begins."""
    key, session = lab.key(), lab.session()
    job = await session.submit("gateprogress", [key, 3])
    for step in range(1, 4):
        await job.until("progress", times=step)
        await lab.open_gate(key)
    await session.end()


@scenario()
async def logs(lab: Lab) -> None:
    """What a function says beside its value."""
    await lab.session().run("logs", ["hey"])


@scenario()
async def err(lab: Lab) -> None:
    """An error that the function means to show."""
    await lab.session().run("err", ["it's bad"])


@scenario()
async def boom(lab: Lab) -> None:
    """An unexpected error, shown because the app asks for it."""
    await lab.session().run("boom", ["x"])


@scenario(variant="hideerr")
async def boom_hidden(lab: Lab) -> None:
    """An unexpected error on an app that hides errors."""
    await lab.session().run("boom", ["x"])


@scenario(variant="hideerr")
async def err_hidden(lab: Lab) -> None:
    """An intended error on an app that hides errors."""
    await lab.session().run("err", ["x"])


@scenario()
async def generr(lab: Lab) -> None:
    """An intended error after two values of a generator."""
    await lab.session().run("generr", [2])


@scenario()
async def genboom(lab: Lab) -> None:
    """An unexpected error after two values of a generator."""
    await lab.session().run("genboom", [2])


@scenario(variant="hideerr")
async def genboom_hidden(lab: Lab) -> None:
    """An unexpected error in a generator on an app that hides errors."""
    await lab.session().run("genboom", [2])


@scenario()
async def file_upper(lab: Lab) -> None:
    """A text file in and out, fetched whole and in part."""
    file = await _file(lab, "a b.txt", b"hello", "text/plain")
    job = await lab.session().run("file_upper", [file])
    done = (await job.until("process_completed"))["output"]["data"][0]
    path = done.get("path") or done["name"]
    await lab.wire.request("GET", lab.path(f"file={path}"))
    await lab.wire.request("GET", lab.path(f"file={path}"), headers={"range": "bytes=2-"})
    await lab.wire.request("GET", lab.path("file=/etc/hostname-that-is-not-there"))


@scenario(not_in=(NO_UPLOADS,))
async def files_info(lab: Lab) -> None:
    """Two files in one list."""
    files = [await _file(lab, name, name.encode(), "text/plain") for name in ("one.txt", "two.txt")]
    await lab.session().run("files_info", [files])


@scenario(below=(4,), why="Gradio 4 and later take only uploaded files")
async def file_base64(lab: Lab) -> None:
    """Files inside of the payload."""
    await lab.session().run("file_upper", [_inline("a.txt", b"hello", "text/plain")])


@scenario()
async def image_flip(lab: Lab) -> None:
    """An image in and out."""
    await lab.session().run("image_flip", [await image(lab)])


@scenario()
async def gallery(lab: Lab) -> None:
    """Files that lie deep inside of an output."""
    await lab.session().run("gallery", [await image(lab)])


@scenario(first=(5,), why="functions that are fed continuously exist since 5.0")
async def cam(lab: Lab) -> None:
    """A function that is fed continuously: two images, then the end."""
    session = lab.session()
    picture = await image(lab)
    job = await session.submit("cam", [picture])
    await job.until("process_streaming")
    body = {
        "data": [picture],
        "fn_index": job.fn_index,
        "session_hash": session.hash,
        "event_id": job.event_id,
    }
    await lab.wire.request("POST", lab.path(f"stream/{job.event_id}"), body=body)
    await job.until("process_streaming", times=2)
    await lab.wire.request("POST", lab.path(f"stream/{job.event_id}/close"))
    await session.end()


async def image(lab: Lab) -> Any:
    """Return the payload for a small image, uploaded if the release wants that."""
    if lab.version < (4,):
        return _data_uri(PNG, "image/png")
    return await _file(lab, "two.png", PNG, "image/png")


async def _file(lab: Lab, name: str, data: bytes, kind: str) -> Any:
    """Return the payload for a file, uploaded if the release can."""
    path = await lab.upload(name, data, kind)
    if path is None:
        return _inline(name, data, kind)
    if lab.version < (4,):
        return {"name": path, "data": None, "is_file": True, "orig_name": name}
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def _inline(name: str, data: bytes, kind: str) -> dict[str, Any]:
    return {"name": name, "size": len(data), "data": _data_uri(data, kind)}


def _data_uri(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
