"""Who made a call, and which calls of the page itself a program cannot do without."""

from __future__ import annotations

from collections.abc import Sequence

from gradlink._protocol.schema import Endpoint
from gradlink.recorder.events import Began
from gradlink.recorder.page import Dependency, is_ambiguous, is_own
from gradlink.recorder.sessions import Session
from gradlink.recorder.steps import RENDERS, Cause, Step
from gradlink.recorder.values import same


def explain(
    steps: Sequence[Step], step: Step, session: Session, dependency: Dependency, began: Began
) -> None:
    """Say of ``step`` who made it, as the ``steps`` before it tell."""
    if dependency.after is not None:
        before = last_of(steps, session, dependency.after)
        page = before is not None and before.cause is Cause.PAGE
        step.cause = Cause.PAGE if page else Cause.CONSEQUENCE
        step.after = before.endpoint.title if before is not None else ""
        return
    event = dependency.event_of(began.trigger)
    if is_own(event):
        step.cause = Cause.PAGE
    elif is_ambiguous(event):
        _explain_change(steps, step, session, dependency, began)


def need(steps: Sequence[Step], session: Session, dependency: Dependency, endpoint: Endpoint) -> None:
    """Have the page's own calls written as calls without which this one does not work."""
    wanted = session.page.states(dependency.inputs)
    for step in reversed(steps):
        if step.session != session.number or step.cause is not Cause.PAGE or step.needed:
            continue
        made = session.page.dependencies.get(step.endpoint.fn_index, Dependency(-1))
        renders = endpoint.render_id is not None and RENDERS in step.notes
        if renders or wanted & set(made.outputs):
            step.needed = True
            wanted |= session.page.states(made.inputs)


def stands_for(steps: Sequence[Step], step: Step, session: Session, dependency: Dependency) -> Step | None:
    """Return the step before that stands for this one, too; None if it is one of its own."""
    before = steps[-1] if steps else None
    # Pages of 5.x call twice after a change.
    if (
        before is not None
        and step.cause is not Cause.PERSON
        and not before.ended
        and not step.endpoint.stateful
        and (before.endpoint, before.session, before.values) == (step.endpoint, step.session, step.values)
    ):
        return before
    # A timer calls for ever; what it does is said once, unless calls of the person need it.
    if step.cause is Cause.PAGE and not session.page.states(dependency.outputs):
        last = last_of(steps, session, step.endpoint.fn_index)
        if last is not None and last.cause is Cause.PAGE and RENDERS not in last.notes:
            return last
    return None


def last_of(steps: Sequence[Step], session: Session, fn_index: int) -> Step | None:
    """Return the last call of a function in a session, None if there is none."""
    return next(
        (
            step
            for step in reversed(steps)
            if step.session == session.number and step.endpoint.fn_index == fn_index
        ),
        None,
    )


def _explain_change(
    steps: Sequence[Step], step: Step, session: Session, dependency: Dependency, began: Began
) -> None:
    component = began.trigger if began.trigger is not None else _only_target(dependency)
    shown = session.shown.get(component)
    if shown is None:
        return
    now = began.event_data
    if component in dependency.inputs:
        place = dependency.inputs.index(component)
        now = began.data[place] if place < len(began.data) else None
    if session.page.type_of(component) == "state" or same(now, shown.value):
        source = steps[shown.step] if shown.step >= 0 else None
        page = source is not None and source.cause is Cause.PAGE
        step.cause = Cause.PAGE if page else Cause.CONSEQUENCE
        step.after = source.endpoint.title if source is not None else ""


def _only_target(dependency: Dependency) -> int:
    return next((target for target, _ in dependency.targets if target is not None), -1)
