#!/usr/bin/python3
"""Prints the occurrences of a real Google calendar from July to October 2018, for testdata/hulme-occurrences.json.

    /usr/bin/python3 testdata/hulme.py > testdata/hulme-occurrences.json
    node testdata/hulme.mjs | diff testdata/hulme-occurrences.json -

It needs Debian's python3-icalendar and python3-dateutil, and the calendar in ../shared/data, which belongs to its
venues: no word of it is kept, and events are named by a hash. Each line is [event, start, end] in UTC.
"""
import hashlib
import json
import os
import sys
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

try:
    from dateutil.rrule import rruleset, rrulestr
    from icalendar import Calendar
except ImportError as missing:
    print("install python3-icalendar and python3-dateutil:", missing, file=sys.stderr)
    sys.exit(3)

FEED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shared", "data", "ical",
                    "hulme_moss_side_age_friendly_google_2018-07-04.ics")
LONDON = ZoneInfo("Europe/London")
FROM, TO = (datetime(2018, month, 1, tzinfo=LONDON) for month in (7, 11))


def zoned(value, params):
    """icalendar gives pytz zones, which do not survive arithmetic: the same wall-clock time with a zoneinfo zone."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), LONDON)
    if value.tzinfo is not None and "TZID" not in params:
        return value.astimezone(timezone.utc)
    return value.replace(tzinfo=ZoneInfo(params.get("TZID", "Europe/London")))


def listed(event, name):
    found = event.get(name, [])
    return [zoned(one.dt, part.params) for part in (found if isinstance(found, list) else [found]) for one in part.dts]


def elapsed(start, end):
    return end.astimezone(timezone.utc) - start.astimezone(timezone.utc)


def starts(event, start):
    if "RRULE" not in event:
        return [start]
    every = rruleset()
    every.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start))
    for out in listed(event, "EXDATE"):
        every.exdate(out)
    return every.between(FROM - timedelta(days=400), TO, inc=True)


def occurrences():
    events = Calendar.from_ical(open(FEED, "rb").read()).walk("VEVENT")
    replaced = {(event["UID"], zoned(event["RECURRENCE-ID"].dt, event["RECURRENCE-ID"].params).astimezone(timezone.utc))
                for event in events if "RECURRENCE-ID" in event}
    for event in events:
        start = zoned(event["DTSTART"].dt, event["DTSTART"].params)
        end = zoned(event["DTEND"].dt, event["DTEND"].params)
        whole_days = not isinstance(event["DTSTART"].dt, datetime)
        for at in starts(event, start):
            if "RECURRENCE-ID" not in event and (event["UID"], at.astimezone(timezone.utc)) in replaced:
                continue
            # Days end at a midnight; times last as long as the first did.
            until = at + (end - start) if whole_days else at.astimezone(timezone.utc) + elapsed(start, end)
            if at < TO and until > FROM:
                yield event["UID"], at, until


def utc(at):
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


rows = sorted([hashlib.sha256(uid.encode()).hexdigest()[:12], utc(start), utc(end)] for uid, start, end in occurrences())
print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
