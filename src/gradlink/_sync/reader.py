"""Reads the stream of one session in a thread, for as long as a job of it is pending."""

from __future__ import annotations

from gradlink._flows.reading import SessionStream
from gradlink._protocol.router import SessionRouter
from gradlink._shell.failures import unread
from gradlink._sync.door import LiveAnswer
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink.errors import GradlinkError


class StreamReader:
    """The one reader of a session's stream: a second one would steal its messages."""

    def __init__(self, driver: Driver, stream: SessionStream[JobCore]) -> None:
        self._driver = driver
        self._stream = stream
        self._response: LiveAnswer | None = None

    @property
    def session(self) -> SessionRouter[JobCore]:
        """Whose stream it reads."""
        return self._stream.session

    def run(self) -> None:
        """Read streams until no job needs one."""
        more = True
        while more:
            more = self._driver.run(self._stream.end(self._read()))

    def stop(self) -> None:
        """Wake the thread that reads, by closing its socket."""
        response = self._response
        if response is not None:
            response.stop()

    def _read(self) -> GradlinkError | None:
        """Read one stream; return what has ended it, None for its own end."""
        driver, stream = self._driver, self._stream
        stream.begin()
        try:
            while True:
                with driver.open_stream(stream.ask()) as source:
                    self._response = source.response
                    if stream.answered(source.response.status_code):
                        for texts in source:
                            if not stream.take(texts):
                                break
                        return None
                    reply = driver.refusal(source.response)
                driver.run(stream.refused(reply))
        except Exception as exc:  # whatever it is, the jobs must not wait for a reader that is gone
            return unread(exc, opened=stream.opened)
        finally:
            self._response = None
