"""Dates and times, as texts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gradlink._local.values.libraries import loaded
from gradlink._local.values.wanted import Wanted


def is_date(value: object) -> bool:
    """Tell whether ``value`` is a day, or a point in time, of the standard library, pandas or numpy."""
    numpy = loaded("numpy")
    return isinstance(value, dt.date) or (numpy is not None and isinstance(value, numpy.datetime64))


def date_text(value: Any) -> str:
    """Return a date as ISO 8601 writes it."""
    return _standard(value).isoformat()


def component_text(value: Any, wanted: Wanted) -> str:
    """Return a date in the one form that a ``gr.DateTime`` reads, in the time zone that it has.

    Wire: DateTime.preprocess, since 4.36. One without a time of the day gets none.

    Raises ValueError for a time of one zone where the component has none, or one that this machine does not know.
    """
    date = _standard(value)
    if not isinstance(date, dt.datetime):
        date = dt.datetime.combine(date, dt.time())
    elif date.tzinfo is not None:
        date = date.astimezone(_zone(wanted)).replace(tzinfo=None)
    has_time = wanted.props().get("include_time", "HH" in wanted.description)
    return date.isoformat(" ", "seconds") if has_time else date.date().isoformat()


def _standard(value: Any) -> dt.date:
    """Return ``value`` as one of the standard library; parts of a microsecond, which that does not have, are lost."""
    numpy = loaded("numpy")
    if numpy is not None and isinstance(value, numpy.datetime64):
        unit, _ = numpy.datetime_data(value.dtype)
        whole_days = unit in {"Y", "M", "W", "D"}
        standard: object = value.astype("datetime64[D]" if whole_days else "datetime64[us]").item()
        if not isinstance(standard, dt.date):
            raise ValueError("it is none of the years 1 to 9999")
        return standard
    if hasattr(value, "to_pydatetime"):
        pandas_own: dt.date = value.to_pydatetime(warn=False)
        return pandas_own
    date: dt.date = value
    return date


def _zone(wanted: Wanted) -> dt.tzinfo:
    name = wanted.props().get("timezone")
    if name is None:
        raise ValueError(
            "it has a time zone, and the component has none; value.replace(tzinfo=None) has none either"
        )
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"the component's time zone {name!r} is not known to this machine") from exc
