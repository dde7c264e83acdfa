"""Whether the Hub shows a Space, and whether it runs."""

from __future__ import annotations

from dataclasses import replace

from gradlink._flows.space import find_running
from gradlink._hub.stages import Meaning, SpaceStatus
from gradlink._io import use_base_url
from gradlink._protocol.routes import normalise, resolve
from gradlink.cli._doctor.case import Case
from gradlink.cli._doctor.findings import Result, failure, ok, said, warning
from gradlink.cli.console import say
from gradlink.errors import GradlinkError, HubAuthenticationError, SpaceNotFoundError, SpaceNotRunningError

# One that sleeps is up in a minute or two.
WAKING_SECONDS = 120.0


def is_space(case: Case) -> bool:
    """Tell whether the app is a Space, by what it was called."""
    return case.access.space is not None


def look_at_space(case: Case) -> Result:
    """Find the Space's address; one that sleeps is woken up, as a client would."""
    space = case.access.space
    assert space is not None  # noqa: S101  # the check is made of Spaces only
    space = replace(space, wait=WAKING_SECONDS, on_status=_tell)
    try:
        found = case.run(find_running(space), WAKING_SECONDS + case.answer_seconds)
    except SpaceNotFoundError as exc:
        token = "Give a token that may read it: --token hf_… or HF_TOKEN."  # noqa: S105  # words about one
        return failure(exc, "Check its name, as it stands in its page's address.", token)
    except HubAuthenticationError as exc:
        return failure(exc, "Make a new token at https://huggingface.co/settings/tokens.")
    except SpaceNotRunningError as exc:
        look = f"See {said(exc.link)} for its log." if exc.link else "Look at its page on the Hub."
        return failure(
            exc, look, "A paused Space is restarted by its owner; others can copy it: Client.duplicate()."
        )
    except GradlinkError as exc:
        if space.reference.base is None:
            return failure(exc, "Try the address of the Space itself: https://USER-NAME.hf.space.")
        return warning(f"the Hub does not say how it is: {said(exc)}", "Look at its page on the Hub.")
    info = found.info
    if info is None or info.host is None or resolve("", info.host) is None:
        if space.reference.base is None:
            return failure(GradlinkError(f"the Hub does not say where {space.reference.title} is"))
        return warning("the Hub does not say where it is")
    base = normalise(info.host)
    case.access = replace(case.access, space=found)
    case.move(base)
    case.run(use_base_url(base))
    private = "private" if info.private else "public"
    runs = "runs" if info.runtime.meaning is Meaning.READY else "runs now"
    return ok(f"{said(info.space_id)} {runs}, {private}, at {said(base)}")


def _tell(status: SpaceStatus) -> None:
    say(f"{status.message} ...")
