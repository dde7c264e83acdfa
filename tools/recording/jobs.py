"""Run jobs by hand, the way that the protocol of the server asks for, while a tape records."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx2

from tools.recording.normal import Normaliser
from tools.recording.wire import Channel, Tape, Wire

Message = dict[str, Any]

# A function whose gate is open needs milliseconds; what it has not done by then it will not do.
MARK_SECONDS = 3


class Lab:
    """One recording on one server: its tape, its wire, and what the server has said of itself."""

    def __init__(self, url: str, config: dict[str, Any], normaliser: Normaliser) -> None:
        self.url = url
        self.config = config
        self.normaliser = normaliser
        self.protocol: str = config.get("protocol", "ws")
        self.prefix: str = config.get("api_prefix", "").lstrip("/")
        self.version = tuple(int(part) for part in config["version"].strip().split("."))
        self.tape = Tape()
        self.wire = Wire(url, self.tape)
        self.answering: list[asyncio.Task[None]] = []
        self._control = httpx2.AsyncClient(timeout=90, trust_env=False, verify=False)

    def path(self, route: str) -> str:
        """Return the path of a route, behind the prefix that the server announces."""
        return f"{self.prefix}/{route}" if self.prefix else route

    def dependency(self, api_name: str) -> tuple[int, dict[str, Any]]:
        """Return the id and the entry of the first endpoint of that name."""
        for index, entry in enumerate(self.config["dependencies"]):
            if entry.get("api_name") == api_name:
                return entry.get("id", index), entry
        raise KeyError(f"the app has no {api_name!r}")

    def cancelling(self) -> tuple[int, dict[str, Any]]:
        """Return the id and the entry of the function that cancels others."""
        for index, entry in enumerate(self.config["dependencies"]):
            if entry.get("cancels"):
                return entry.get("id", index), entry
        raise KeyError("the app has no function that cancels")

    def session(self) -> Session:
        """Return a new session."""
        session_hash = "s" + uuid.uuid4().hex[:12]
        self.normaliser.name(session_hash, "SESSION")
        return Session(self, session_hash)

    def key(self) -> str:
        """Return a key for gates and marks that no other recording uses."""
        key = "k" + uuid.uuid4().hex[:8]
        self.normaliser.name(key, "key")
        return key

    async def run(self, api_name: str, data: list[Any], session_hash: str) -> httpx2.Response:
        """Call an endpoint directly, without the queue."""
        fn_index, _ = self.dependency(api_name)
        body = {"data": data, "fn_index": fn_index, "session_hash": session_hash}
        return await self.wire.request("POST", self.path(f"run/{api_name}"), body=body)

    async def behind_the_scenes(self, api_name: str, data: list[Any]) -> Any:
        """Call an endpoint without recording it: how a scenario moves the functions that it watches."""
        fn_index, _ = self.dependency(api_name)
        body = {"data": data, "fn_index": fn_index, "session_hash": "control"}
        response = await self._control.post(self.url + self.path(f"run/{api_name}"), json=body)
        response.raise_for_status()
        return response.json()["data"][0]

    async def open_gate(self, key: str, times: int = 1) -> None:
        """Let a waiting function go on; the tape says when, for it explains what the server does then."""
        self.tape.add("gate", key=key, times=times)
        await self.behind_the_scenes("open_gate", [key, times])

    async def note_marks(self, key: str, name: str = "", at_least: int = 1) -> None:
        """Record what a function has really done, once the mark ``name`` is reached or never will be."""
        if name:
            marks = await self.behind_the_scenes("await_mark", [key, name, at_least, MARK_SECONDS])
        else:
            marks = await self.behind_the_scenes("observe", [key])
        self.tape.add("observed", json=json.loads(marks))

    async def upload(self, name: str, data: bytes, kind: str) -> Any:
        """Upload a file and return its path on the server, or None if the server has no uploads."""
        response = await self.wire.request("POST", self.path("upload"), files={"files": (name, data, kind)})
        return response.json()[0] if response.status_code == 200 else None

    async def close(self) -> None:
        """Close everything; raises what went wrong in the background."""
        await self.wire.close()
        await self._control.aclose()
        await asyncio.gather(*self.answering)


class Session:
    """One session hash and, from sse_v1 on, the stream that all its jobs share."""

    def __init__(self, lab: Lab, session_hash: str) -> None:
        self.lab = lab
        self.hash = session_hash
        self.stream: Channel | None = None
        self.jobs: list[Job] = []

    async def submit(self, api_name: str, data: list[Any], **more: Any) -> Job:
        """Submit a job by name; what is in ``more`` goes into the body."""
        fn_index, _ = self.lab.dependency(api_name)
        return await self.submit_by_id(fn_index, data, **more)

    async def submit_by_id(self, fn_index: int, data: list[Any], **more: Any) -> Job:
        """Submit a job by the id of its function."""
        body = {"data": data, "fn_index": fn_index, "session_hash": self.hash, **more}
        job = Job(self, fn_index)
        self.jobs.append(job)
        if self.lab.protocol == "ws":
            job.channel = await self.lab.wire.connect(self.lab.path("queue/join"))
            if job.channel.status == 101:
                self.lab.answering.append(asyncio.create_task(_answer_socket(job.channel, body)))
        elif self.lab.protocol == "sse":
            query = f"fn_index={fn_index}&session_hash={self.hash}"
            job.channel = await self.lab.wire.stream(self.lab.path(f"queue/join?{query}"))
            if job.channel.status == 200:
                self.lab.answering.append(asyncio.create_task(_answer_stream(self.lab, job, body)))
        else:
            await self._join(job, body)
        return job

    async def _join(self, job: Job, body: Message) -> None:
        job.answer = await self.lab.wire.request("POST", self.lab.path("queue/join"), body=body)
        if job.answer.status_code != 200:
            return
        job.event_id = job.answer.json()["event_id"]
        self.lab.normaliser.name(job.event_id, "EVENT")
        if self.stream is None or self.stream.end is not None:
            await self.open_stream()
        job.channel = self.stream

    async def open_stream(self) -> Channel:
        """Open the stream of the session, from sse_v1 on."""
        self.stream = await self.lab.wire.stream(self.lab.path(f"queue/data?session_hash={self.hash}"))
        return self.stream

    async def end(self) -> None:
        """Wait until the server has ended all that this session has open."""
        for job in self.jobs:
            if job.channel is not None:
                await job.channel.until_end()

    async def run(self, api_name: str, data: list[Any]) -> Job:
        """Submit a job and wait for the end of everything."""
        job = await self.submit(api_name, data)
        await self.end()
        return job


class Job:
    """One job: where its messages arrive, and which of them are its own."""

    def __init__(self, session: Session, fn_index: int) -> None:
        self.session = session
        self.fn_index = fn_index
        self.channel: Channel | None = None
        self.answer: httpx2.Response | None = None
        self.event_id: str | None = None

    async def until(self, msg: str, times: int = 1) -> Message:
        """Wait for the own message number ``times`` of that kind."""
        return await self._wait(lambda message: message.get("msg") == msg, msg, times)

    async def _wait(self, fits: Callable[[Message], bool], what: str, times: int) -> Message:
        assert self.channel is not None, f"the server refused the job: {self.answer}"
        shared = self.session.lab.protocol not in ("ws", "sse")

        def own(message: Any) -> bool:
            return fits(message) and (not shared or message.get("event_id") == self.event_id)

        found: Message = await self.channel.until_message(own, what, times)
        return found

    async def cancel(self, fn_index: int | None = None) -> None:
        """Cancel in the way of the release; ``fn_index`` is what the request to /cancel names, by default the right one."""
        lab = self.session.lab
        if self.event_id is None:  # Gradio 3, or 4.0 to 4.8 while it waits: there is nothing to name it by.
            assert self.channel is not None
            await self.channel.leave()
        elif lab.version < (4, 31):
            await lab.wire.request("POST", lab.path("reset"), body={"event_id": self.event_id})
        else:
            named = self.fn_index if fn_index is None else fn_index
            body = {"session_hash": self.session.hash, "fn_index": named, "event_id": self.event_id}
            await lab.wire.request("POST", lab.path("cancel"), body=body)


async def _answer_socket(channel: Channel, body: Message) -> None:
    """Say what a server of Gradio 3 asks for: first who we are, then the data when the turn comes."""
    who = {"fn_index": body["fn_index"], "session_hash": body["session_hash"]}
    for msg, answer in (("send_hash", who), ("send_data", body)):
        await channel.until_asked(msg)
        if channel.end is None:
            await channel.send(answer)


async def _answer_stream(lab: Lab, job: Job, body: Message) -> None:
    """Send the data by a second request when a server of Gradio 4.0 to 4.8 asks for it."""
    assert job.channel is not None
    asked = await job.channel.until_asked("send_data")
    if asked is not None:
        job.event_id = asked["event_id"]
        await lab.wire.request("POST", lab.path("queue/data"), body={**body, "event_id": job.event_id})
