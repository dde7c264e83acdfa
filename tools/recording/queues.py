"""Scenarios about the queue: positions, full queues, cancelling, sessions."""

from __future__ import annotations

import asyncio

from tools.recording.jobs import Lab, Session
from tools.recording.scenario import scenario

NO_CANCEL_ROUTE = "/cancel exists since 4.31"
NO_SESSION_STREAM = "one stream per session exists since 4.9"
SHARED_GENERATOR = ((3,), (4,), "both jobs are given the values of one and the same generator")
BATCH_KILLS = ((4,), (4, 16), "one call of a batch function stops the queue of the server for good")


@scenario(variant="single")
async def queue_positions(lab: Lab) -> None:
    """Three jobs on one worker: the waiting ones are told their place."""
    key = lab.key()
    sessions = [lab.session() for _ in range(3)]
    first = await sessions[0].submit("gate", [key])
    await first.until("process_starts")
    for session in sessions[1:]:
        await (await session.submit("gate", [key])).until("estimation")
    await lab.open_gate(key, 3)
    for session in sessions:
        await session.end()


@scenario(variant="tiny", not_in=(((4, 9, 0), (4, 9, 1), "4.9.0 gives no answer when the queue is full"),))
async def queue_full(lab: Lab) -> None:
    """One job runs, one waits, the third is refused."""
    key = lab.key()
    first, second = lab.session(), lab.session()
    await (await first.submit("gate", [key])).until("process_starts")
    await (await second.submit("gate", [key])).until("estimation")
    third = await lab.session().submit("gate", [key])
    if third.channel is not None:
        await third.until("queue_full")
        await third.channel.until_end()
    await lab.open_gate(key, 2)
    await first.end()
    await second.end()


@scenario(variant="single", not_in=(BATCH_KILLS,))
async def batch(lab: Lab) -> None:
    """Two jobs that wait for a third and are then batched together."""
    keys = [lab.key() for _ in range(3)]
    sessions = [lab.session() for _ in keys]
    await (await sessions[0].submit("batch_gate", [keys[0]])).until("process_starts")
    for session, key in zip(sessions[1:], keys[1:], strict=True):
        await (await session.submit("batch_gate", [key])).until("estimation")
    for key in (keys[1], keys[2], keys[0]):
        await lab.open_gate(key)
    for session in sessions:
        await session.end()


@scenario()
async def two_jobs(lab: Lab) -> None:
    """Two jobs of one session at once; the one that came second ends first."""
    keys, session = [lab.key(), lab.key()], lab.session()
    first = await session.submit("gategen", [keys[0], 2])
    await first.until("process_starts")
    second = await session.submit("gate", [keys[1]])
    await second.until("process_starts")
    await lab.open_gate(keys[0])
    await first.until("process_generating")
    await lab.open_gate(keys[1])
    await second.until("process_completed")
    await lab.open_gate(keys[0])
    await session.end()


@scenario(not_in=(SHARED_GENERATOR,))
async def two_generators(lab: Lab) -> None:
    """Two jobs of one session and one generator function at once."""
    keys, session = [lab.key(), lab.key()], lab.session()
    jobs = [await session.submit("gategen", [key, 2]) for key in keys]
    for job in jobs:
        await job.until("process_starts")
    for _ in range(2):
        for key, job in zip(keys, jobs, strict=True):
            await lab.open_gate(key)
            await job.until("process_generating")
    await session.end()


@scenario()
async def cancel(lab: Lab) -> None:
    """A running generator is cancelled in the way of the release."""
    key, session = lab.key(), lab.session()
    job = await session.submit("gategen", [key, 4])
    await lab.open_gate(key)
    await job.until("process_generating")
    cancelling = asyncio.create_task(job.cancel())
    # Some releases answer at once, others when the generator has come to its next value.
    await lab.behind_the_scenes("observe", [key])
    await lab.open_gate(key)
    await cancelling
    await _end_of_cancelled(lab, session)
    await lab.open_gate(key, 3)
    await lab.note_marks(key, "ended")


@scenario()
async def cancel_function(lab: Lab) -> None:
    """A generator is cancelled by the app's own function for it."""
    key, session = lab.key(), lab.session()
    job = await session.submit("gategen", [key, 4])
    await lab.open_gate(key)
    await job.until("process_generating")
    fn_index, entry = lab.cancelling()
    name = entry.get("api_name") or "predict"
    body = {"data": [], "fn_index": fn_index, "session_hash": session.hash}
    await lab.wire.request("POST", lab.path(f"run/{name}"), body=body)
    if lab.version >= (4, 35):  # Refused: the job goes on.
        await lab.open_gate(key, 3)
        await session.end()
    else:
        await _end_of_cancelled(lab, session)
        await lab.open_gate(key, 4)
    await lab.note_marks(key, "ended")


@scenario()
async def cancel_blocking(lab: Lab) -> None:
    """A running function that gives no values is cancelled; its thread runs on."""
    key, session = lab.key(), lab.session()
    job = await session.submit("gate", [key])
    await lab.behind_the_scenes("await_mark", [key, "started", 1, 30])
    await job.until("process_starts")
    await job.cancel()
    await _end_of_cancelled(lab, session, blocked=key)
    await lab.note_marks(key, "ended")


@scenario(variant="single")
async def cancel_queued(lab: Lab) -> None:
    """A job is cancelled while it waits behind another session's."""
    keys = [lab.key(), lab.key()]
    first, second = lab.session(), lab.session()
    running = await first.submit("gate", [keys[0]])
    await running.until("process_starts")
    waiting = await second.submit("gate", [keys[1]])
    await waiting.until("estimation")
    await waiting.cancel()
    await lab.open_gate(keys[1], 2)  # Should it run all the same, it must not stop the others.
    if lab.version >= (4, 31):
        await second.end()
    await lab.open_gate(keys[0])
    await first.end()
    third = lab.session()
    await lab.open_gate(keys[0])
    await third.run("gate", [keys[0]])  # The only worker has come past the cancelled job now.
    await lab.note_marks(keys[1])


@scenario(variant="single", first=(4, 9), why=NO_SESSION_STREAM)
async def leave_queued(lab: Lab) -> None:
    """A job waits behind another session's, and the only stream of its session is closed."""
    keys = [lab.key(), lab.key()]
    first, second = lab.session(), lab.session()
    await (await first.submit("gate", [keys[0]])).until("process_starts")
    waiting = await second.submit("gate", [keys[1]])
    await waiting.until("estimation")
    assert waiting.channel is not None
    await waiting.channel.leave()
    await lab.open_gate(keys[1], 2)
    await lab.open_gate(keys[0])
    await first.end()
    await lab.open_gate(keys[0])
    await lab.session().run("gate", [keys[0]])
    await lab.note_marks(keys[1])


@scenario(variant="single", first=(4, 31), why=NO_CANCEL_ROUTE)
async def cancel_queued_shared(lab: Lab) -> None:
    """A job waits behind one of the same session and function, and is cancelled with fn_index -1."""
    keys = [lab.key(), lab.key()]
    session = lab.session()
    running = await session.submit("gate", [keys[0]])
    await running.until("process_starts")
    waiting = await session.submit("gate", [keys[1]])
    await waiting.until("estimation")
    await waiting.cancel(fn_index=-1)
    await waiting.until("process_completed")
    await lab.open_gate(keys[1], 2)
    await lab.open_gate(keys[0])
    await session.end()
    await lab.open_gate(keys[0])
    await lab.session().run("gate", [keys[0]])
    await lab.note_marks(keys[1])


@scenario(first=(4, 35), why="before 4.35 it poisons the session, or no route")
async def cancel_late(lab: Lab) -> None:
    """A job that has ended is cancelled."""
    session = lab.session()
    job = await session.run("echo", ["hello"])
    await job.cancel()
    await session.run("echo", ["again"])


@scenario(first=(4, 9), why=NO_SESSION_STREAM)
async def unknown_session(lab: Lab) -> None:
    """The stream of a session that the server does not know."""
    stream = await lab.session().open_stream()
    await stream.until_end()


@scenario(first=(4, 9), why=NO_SESSION_STREAM)
async def late_stream(lab: Lab) -> None:
    """The stream is opened after the job has ended."""
    session, key = lab.session(), lab.key()
    fn_index, _ = lab.dependency("gate")
    body = {"data": [key], "fn_index": fn_index, "session_hash": session.hash}
    await lab.wire.request("POST", lab.path("queue/join"), body=body)
    await lab.open_gate(key)
    await lab.note_marks(key, "ended")
    await (await session.open_stream()).until_end()


@scenario(first=(4, 9), why=NO_SESSION_STREAM)
async def lost_stream(lab: Lab) -> None:
    """The stream breaks while a job runs, and is opened again at once."""
    key, session = lab.key(), lab.session()
    job = await session.submit("gategen", [key, 3])
    await lab.open_gate(key)
    await job.until("process_generating")
    assert job.channel is not None
    await job.channel.leave()
    await lab.open_gate(key, 2)
    again = await session.open_stream()
    await again.until_silence()
    await again.leave()
    await lab.note_marks(key, "ended")


async def _end_of_cancelled(lab: Lab, session: Session, blocked: str = "") -> None:
    """Wait for what the release says after a cancellation; where it says nothing, until a heartbeat proves it."""
    job = session.jobs[-1]
    assert job.channel is not None
    if blocked:
        await lab.open_gate(blocked)
    # Up to 4.30 silence is all that may follow, and only a heartbeat proves it.
    await job.channel.until_silence()
    await job.channel.leave()
