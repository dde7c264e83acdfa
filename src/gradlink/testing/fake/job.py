"""One call of a scripted app, played in a thread of its own."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink.errors import AppError
from gradlink.testing.fake.endpoint import FakeEndpoint, is_function
from gradlink.testing.fake.files import Files
from gradlink.testing.fake.outputs import WrongResultError, check_item, edits, outputs_of
from gradlink.testing.fake.script import Happening, Hold, Queued, Script, Stream

_log = logging.getLogger("gradlink.testing")

CANCELLED: JSONObject = {
    "msg": "process_completed",
    "output": {},
    "success": True,
    "title": None,
    "used_cache": None,
    "cache_duration": None,
    "avg_time": None,
}


class _Stopped(BaseException):
    """Nobody wants the job any more."""


class FakeJob:
    """A call.

    Args:
        arguments: by the names of the function's parameters.
        tell: tells a message of the job.
        end: tells the last message.
    """

    def __init__(
        self,
        endpoint: FakeEndpoint,
        arguments: Mapping[str, Any],
        files: Files,
        tell: Callable[[JSONObject], object],
        end: Callable[[JSONObject], object],
        show_error: bool,
    ) -> None:
        self._endpoint = endpoint
        self._arguments = arguments
        self._files = files
        self._tell = tell
        self._end = end
        self._show_error = show_error
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._hold: Hold | None = None
        self._interrupt: Callable[[], object] | None = None
        self._values: list[JSONValue] | None = None
        self._began = 0.0

    def start(self) -> None:
        """Begin, in a thread that ends with the job."""
        threading.Thread(target=self._run, name=f"fake{self._endpoint.name}", daemon=True).start()

    def stop(self) -> None:
        """Stop it at its next value; an async function is cancelled, any other cannot be interrupted."""
        self._stopped.set()
        with self._lock:
            held, interrupt = self._hold, self._interrupt
        if held is not None:
            held.look_again()
        if interrupt is not None:
            interrupt()

    # -- playing ----------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            script = self._wait_in_queue(self._endpoint.script)
            self._tell({"msg": "process_starts", "eta": None})
            self._began = time.monotonic()
            final = self._play(script)
        except _Stopped:
            return
        except (
            BaseException
        ) as exc:  # the test's own function can raise anything, and its caller has to be told
            self._fail(exc)
            return
        if final is None:  # a stream, whose last values are its result
            nothing: list[JSONValue] = [None for _ in self._endpoint.outputs]
            final = nothing if self._values is None else self._values
        self._end(self._values_message("process_completed", final))

    def _wait_in_queue(self, script: Any) -> Any:
        if not isinstance(script, Queued):
            self._tell({"msg": "estimation", "rank": 0, "queue_size": 1, "rank_eta": None})
            return script
        while isinstance(script, Queued):
            each = None if script.eta_seconds is None else script.eta_seconds / (script.at + 1)
            for rank in range(script.at, -1, -1):
                eta = None if each is None else each * (rank + 1)
                self._tell({"msg": "estimation", "rank": rank, "queue_size": rank + 1, "rank_eta": eta})
                if script.until is not None and rank == script.at:
                    self._wait(script.until)
            script = script.then
        return script

    def _play(self, script: Any) -> list[JSONValue] | None:
        """Play a script to its end; return its result, None if its values were given one by one."""
        match script:
            case BaseException():
                raise script
            case Stream(items=items):
                for item in items:
                    self._take(item)
                return None
            case Queued():
                raise WrongResultError("queued() stands for an endpoint; what has begun to run waits no more")
            case _ if is_function(script):
                return self._call(script)
            case _:
                return self._outputs(script)

    def _call(self, function: Callable[..., Any]) -> list[JSONValue] | None:
        taken = self._endpoint.taken
        by_place = [self._arguments[one.name] for one in taken if not one.by_name]
        by_name = {one.name: self._arguments[one.name] for one in taken if one.by_name}
        result = function(*by_place, **by_name)
        if inspect.isawaitable(result) or inspect.isasyncgen(result):
            return self._on_a_loop(result)
        if inspect.isgenerator(result):
            try:
                for item in result:
                    self._take(item)
            finally:
                result.close()
            return None
        return self._play(result) if isinstance(result, Script) else self._outputs(result)

    def _on_a_loop(self, result: Any) -> list[JSONValue] | None:
        async def play() -> list[JSONValue] | None:
            task, loop = asyncio.current_task(), asyncio.get_running_loop()
            assert task is not None  # noqa: S101  # this is one

            def interrupt() -> None:
                with suppress(RuntimeError):  # it has ended
                    loop.call_soon_threadsafe(task.cancel)

            with self._lock:
                self._interrupt = interrupt
            self._check()
            if not inspect.isasyncgen(result):
                value = await result
                return self._play(value) if isinstance(value, Script) else self._outputs(value)
            try:
                async for item in result:
                    self._take(item)
            finally:
                await result.aclose()
            return None

        try:
            return asyncio.run(play())
        except asyncio.CancelledError:
            self._check()
            raise
        finally:
            with self._lock:
                self._interrupt = None

    def _take(self, item: object) -> None:
        """Take what a stream gives."""
        self._check()
        match item:
            case Happening():
                self._tell(item.message())
            case Hold():
                self._wait(item)
            case BaseException():
                raise item
            case _:
                check_item(item)
                values = self._outputs(item)
                self._tell(self._values_message("process_generating", values))
                self._values = values
        self._check()

    def _wait(self, place: Hold) -> None:
        with self._lock:
            self._hold = place
        place.wait(self._stopped)
        with self._lock:
            self._hold = None
        self._check()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise _Stopped

    # -- telling ----------------------------------------------------------------------------------

    def _outputs(self, value: object) -> list[JSONValue]:
        return outputs_of(self._endpoint, value, self._files.sent)

    def _values_message(self, msg: str, values: list[JSONValue]) -> JSONObject:
        before = self._values
        data: list[JSONValue] = list(values)
        is_generating = msg == "process_generating"
        if is_generating and before is not None:
            data = [edits(old, new) for old, new in zip(before, values, strict=True)]
        took = time.monotonic() - self._began
        output: JSONObject = {
            "data": data,
            "is_generating": is_generating,
            "duration": took,
            "average_duration": took,
            "render_config": None,
            "changed_state_ids": [],
            "used_cache": None,
        }
        message: JSONObject = {"msg": msg, "output": output, "success": True}
        if is_generating:
            return {**message, "time_limit": None}
        return {**message, "title": None, "used_cache": None, "cache_duration": took, "avg_time": took}

    def _fail(self, error: BaseException) -> None:
        output: JSONObject
        title: str | None = "Error"
        match error:
            case AppError():
                title = error.title
                output = {
                    "error": error.message,
                    "duration": error.duration,
                    "visible": error.visible,
                    "title": title,
                }
            case WrongResultError():
                output = {"error": f"FakeApp: {self._endpoint.name}: {error}", "visible": True}
            case _:
                _log.error("%s raised an error", self._endpoint.name, exc_info=error)
                output = {"error": str(error), "visible": True} if self._show_error else {"error": None}
        self._end({**CANCELLED, "output": output, "success": False, "title": title})
