"""Exit codes: every error of gradlink has one, and scripts can rely on it."""

from __future__ import annotations

import concurrent.futures

import pytest

from gradlink import errors
from gradlink.cli import exits

CODES: dict[type[BaseException], int] = {
    errors.GradlinkError: 1,
    errors.ArgumentError: 2,
    errors.EndpointError: 2,
    errors.InvalidAPIEndpointError: 2,
    errors.FileError: 2,
    errors.FileTooLargeError: 2,
    errors.AppError: 3,
    errors.QuotaExceededError: 6,
    errors.ValidationError: 4,
    errors.QueueError: 6,
    errors.JobCancelledError: 130,
    errors.JobTimeoutError: 8,
    errors.ConnectTimeoutError: 8,
    errors.StreamSilentError: 8,
    errors.TransportError: 7,
    errors.ConnectError: 7,
    errors.DownloadInterruptedError: 7,
    errors.StreamLostError: 7,
    errors.SessionLostError: 7,
    errors.ServerStoppedError: 7,
    errors.RedirectError: 7,
    errors.ResponseError: 7,
    errors.NotFoundError: 7,
    errors.RequestRejectedError: 7,
    errors.AuthenticationError: 5,
    errors.TooManyRequestsError: 6,
    errors.HubError: 7,
    errors.HubRateLimitError: 6,
    errors.HubAuthenticationError: 5,
    errors.SpaceNotFoundError: 7,
    errors.SpaceDuplicationError: 7,
    errors.ProtocolError: 7,
    errors.AnswerTooLargeError: 7,
    errors.SpaceNotRunningError: 7,
    errors.ClientClosedError: 1,
    errors.NotConnectedError: 1,
    errors.LoadError: 1,
    errors.CollectedTicketError: 1,
    errors.CopiesDifferError: 1,
    errors.DetachError: 1,
    errors.ForeignTicketError: 2,
    errors.JournalError: 1,
    errors.LostTicketError: 1,
    errors.MalformedTicketError: 2,
    errors.NoCopyError: 7,
    errors.RestartedTicketError: 1,
    errors.TicketError: 1,
    errors.TicketInUseError: 1,
    errors.MissingPackageError: 1,
    errors.SerializationSetupError: 1,
    KeyboardInterrupt: 130,
    concurrent.futures.CancelledError: 130,
    BrokenPipeError: 141,
    TimeoutError: 8,
    FileNotFoundError: 1,
}


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_each_error_has_its_code(kind: type[BaseException]) -> None:
    assert exits.exit_code(kind("said")) == CODES[kind]


def test_no_error_was_forgotten() -> None:
    def below(kind: type[BaseException]) -> set[type[BaseException]]:
        return {kind, *(one for sub in kind.__subclasses__() for one in below(sub))}

    # gradlink.compat makes others, which say that they are of that module as well.
    own = {kind for kind in below(errors.GradlinkError) if getattr(errors, kind.__name__, None) is kind}
    assert len(own) > 40
    assert own <= CODES.keys()


def test_the_title_of_an_app_stands_before_its_error() -> None:
    assert exits.text_of(errors.AppError("no", title="Kitchen")) == "Kitchen: no"
    assert exits.text_of(errors.AppError("no")) == "no"
    assert exits.text_of(KeyboardInterrupt()) == "KeyboardInterrupt"
