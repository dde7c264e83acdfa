"""Scenarios about the other routes: direct calls, /call, login, refusals, variants of the app."""

from __future__ import annotations

from typing import Any

from tools.recording.jobs import Lab
from tools.recording.scenario import scenario
from tools.recording.values import image

NO_SESSION_STREAM = "one stream per session exists since 4.9"
NO_VALIDATOR = "validators exist since 5.45"
QUEUE_DIES = ((4, 9), (4, 16), "an unknown function stops the queue of the server for good")


@scenario()
async def direct(lab: Lab) -> None:
    """Functions outside of the queue: a value, both kinds of errors, an unknown name."""
    session = lab.session()
    await lab.run("fast", ["hello"], session.hash)
    await lab.run("fast_err", ["bad"], session.hash)
    await lab.run("fast_boom", ["bad"], session.hash)
    await lab.run("fast_counter", [2, None], session.hash)
    await lab.run("fast_counter", [2, None], session.hash)
    body: dict[str, Any] = {"data": [], "session_hash": session.hash}
    await lab.wire.request("POST", lab.path("run/no_such_function"), body=body)


@scenario()
async def direct_json(lab: Lab) -> None:
    """A function outside of the queue whose output is JSON."""
    await lab.run("fast_json", [{"k": [1, None, True]}], lab.session().hash)


@scenario(variant="hideerr")
async def direct_hidden(lab: Lab) -> None:
    """A direct unexpected error on an app that hides errors."""
    await lab.run("fast_boom", ["bad"], lab.session().hash)


@scenario()
async def direct_queued(lab: Lab) -> None:
    """A function outside of the queue, put through the queue all the same."""
    await lab.session().run("fast", ["hello"])


@scenario()
async def direct_open(lab: Lab) -> None:
    """A queued function, called directly because the app allows it."""
    await lab.run("echo", ["hello"], lab.session().hash)


@scenario(variant="closed")
async def direct_closed(lab: Lab) -> None:
    """A queued function, refused directly because the app is closed; then through the queue."""
    session = lab.session()
    await lab.run("echo", ["hello"], session.hash)
    await lab.run("fast", ["hello"], session.hash)
    await session.run("echo", ["hello"])


@scenario(first=(4,), why="Gradio 3 refuses to start with a generator outside of the queue")
async def direct_generator(lab: Lab) -> None:
    """A generator outside of the queue gives one value directly, and all through the queue."""
    await lab.run("fast_count", ["ab", 3], lab.session().hash)
    await lab.session().run("fast_count", ["ab", 3])


@scenario(variant="plain")
async def plain(lab: Lab) -> None:
    """An app whose author never called queue(): what it announces, a value, an error."""
    session = lab.session()
    await lab.run("add", [5, 2, "sub"], session.hash)
    await lab.run("err", ["bad"], session.hash)
    await lab.run("counter", [2, None], session.hash)
    await lab.run("counter", [2, None], session.hash)


@scenario(variant="mounted")
async def mounted(lab: Lab) -> None:
    """An app mounted under a path of another one."""
    await lab.session().run("echo", ["hello"])


@scenario(variant="root")
async def root_path(lab: Lab) -> None:
    """An app that believes to be served under a path: the URLs of its files are wrong."""
    await lab.session().run("image_flip", [await image(lab)])


@scenario(variant="auth")
async def login(lab: Lab) -> None:
    """An app with a login: refused, wrong password, right password, a job."""
    await lab.wire.request("GET", "config")
    session = lab.session()
    if lab.protocol == "ws":
        socket = await lab.wire.connect("queue/join")
        await socket.until_end()
    else:
        await lab.wire.request("POST", lab.path("queue/join"), body=_echo_body(lab, session.hash))
    await lab.wire.request("POST", "login", form={"username": "user", "password": "wrong"})
    await lab.wire.request("POST", "login", form={"username": "user", "password": "pass"})
    await lab.wire.request("GET", lab.path("login_check"))
    await session.run("whoami", [])


@scenario(first=(5, 45), why=NO_VALIDATOR)
async def validated(lab: Lab) -> None:
    """A validator refuses, then accepts."""
    session = lab.session()
    await session.submit("validated", [-1])
    await session.run("validated", [2])


@scenario(first=(6, 12), why="gr.cache exists since 6.12")
async def cached(lab: Lab) -> None:
    """The second call is answered from the cache."""
    session = lab.session()
    await session.run("cached", ["abc"])
    await session.run("cached", ["abc"])


@scenario(first=(4, 20), why="/call exists since 4.20")
async def call(lab: Lab) -> None:
    """/call with a value, a generator and an error."""
    for name, data in (("echo", ["hello"]), ("count", ["ab", 2]), ("err", ["bad"])):
        answer = await lab.wire.request("POST", lab.path(f"call/{name}"), body={"data": data})
        event_id = answer.json()["event_id"]
        lab.normaliser.name(event_id, "EVENT")
        await (await lab.wire.stream(lab.path(f"call/{name}/{event_id}"))).until_end()


@scenario(first=(6, 13), why="named arguments exist since 6.13")
async def call_named(lab: Lab) -> None:
    """/call with named arguments."""
    answer = await lab.wire.request("POST", lab.path("call/v2/add"), body={"a": 5})
    event_id = answer.json()["event_id"]
    lab.normaliser.name(event_id, "EVENT")
    await (await lab.wire.stream(lab.path(f"call/v2/add/{event_id}"))).until_end()


@scenario(first=(4, 25), why="/heartbeat exists since 4.25")
async def heartbeat(lab: Lab) -> None:
    """The heartbeat of a session."""
    stream = await lab.wire.stream(lab.path(f"heartbeat/{lab.session().hash}"))
    await stream.until_message(lambda message: message == "ALIVE", "ALIVE")
    await stream.leave()


@scenario()
async def unnamed(lab: Lab) -> None:
    """A function without a name in the API, called by its id."""
    entries = lab.config["dependencies"]
    hidden = [
        entry.get("id", index)
        for index, entry in enumerate(entries)
        if entry.get("api_name") in (False, "false") and not entry.get("cancels")
    ]
    await lab.session().submit_by_id(hidden[0], ["hello"])
    await lab.session().run("echo", ["again"])


@scenario(first=(4, 9), why=NO_SESSION_STREAM)
async def join_refused(lab: Lab) -> None:
    """What /queue/join refuses."""
    path = lab.path("queue/join")
    body = _echo_body(lab, lab.session().hash)
    for missing in ("data", "fn_index", "session_hash"):
        await lab.wire.request("POST", path, body={key: body[key] for key in body if key != missing})
    await lab.wire.request("POST", path, body=["not", "a", "body"])
    await lab.wire.request("GET", lab.path("queue/join"))
    await lab.wire.request("GET", lab.path("no/such/route"))


@scenario(not_in=(QUEUE_DIES,))
async def unknown_function(lab: Lab) -> None:
    """A function that the app does not have."""
    job = await lab.session().submit_by_id(999, [])
    if job.channel is not None:
        await job.channel.until_end()


@scenario(variant="tiny", first=(4, 28), why="the limit exists since 4.28")
async def upload_too_large(lab: Lab) -> None:
    """A file larger than the app takes."""
    await lab.upload("big.txt", b"x" * 70_000, "text/plain")


def _echo_body(lab: Lab, session_hash: str) -> dict[str, Any]:
    return {"data": ["hello"], "fn_index": lab.dependency("echo")[0], "session_hash": session_hash}
