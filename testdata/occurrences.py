#!/usr/bin/python3
"""Works out testdata/occurrences.json, which binds every implementation of schedules.

    /usr/bin/python3 testdata/occurrences.py > testdata/occurrences.json

It needs Debian's python3-dateutil and tzdata. It shares no code and no author's library with Kith's own two
implementations: rules are dateutil's, clock changes are zoneinfo's (PEP 495, fold=0), and the rest is done the
slow way, by listing every occurrence there is. The bank holidays are the shared facts in
internal/calendar/bankholidays.json.

Each case has a schedule, a window [from, to), a max, the occurrences that overlap the window, and under "find"
what single names lead to (null: there is no such occurrence).
"""
import json
import os
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "..", "internal", "calendar", "bankholidays.json")) as file:
    HOLIDAYS = {f"{year}-{day}": name for year, days in json.load(file).items() for day, name in days.items()}

LOCAL = "%Y-%m-%dT%H:%M"
HORIZON = datetime(2100, 1, 1)  # the protocol knows no later times


def instant(local, zone):
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(timezone.utc)


def rule_starts(item):
    start = datetime.strptime(item["start"], LOCAL)
    if not item.get("rrule"):
        return [start]
    until_utc, parts = None, []
    for part in item["rrule"].split(";"):
        name, value = part.split("=")
        if name == "UNTIL" and value.endswith("Z"):
            until_utc = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        elif name == "UNTIL" and len(value) == 8:
            parts.append("UNTIL=" + value + "T235959")
        else:
            parts.append(part)
    found = []
    for local in rrulestr("RRULE:" + ";".join(parts), dtstart=start):
        if local >= HORIZON or until_utc and instant(local, item["zone"]) > until_utc:
            break
        found.append(local)
    return found


def expand(item):
    extra = [datetime.strptime(text, LOCAL) for text in item.get("extra", [])]
    changes = {change["from"]: change for change in item.get("changes", [])}
    for local in sorted(set(rule_starts(item) + extra)):
        key = local.strftime(LOCAL)
        change = changes.get(key)
        start, minutes, cancelled, note = local, item["minutes"], False, ""
        if change:
            cancelled, note = change.get("cancelled", False), change.get("note", "")
            minutes = change.get("minutes") or minutes
            if change.get("start"):
                start = datetime.strptime(change["start"], LOCAL)
        elif local not in extra:
            holiday = HOLIDAYS.get(key[:10])
            if holiday and (holiday in item.get("closedOn", []) or "*" in item.get("closedOn", [])):
                cancelled, note = True, holiday
        if item.get("allDay"):
            end = instant(start + timedelta(days=minutes // 1440), item["zone"])
        else:
            end = instant(start, item["zone"]) + timedelta(minutes=minutes)
        yield {"key": key, "start": instant(start, item["zone"]), "end": end,
               "allDay": item.get("allDay", False), "cancelled": cancelled, "note": note}


def written(one):
    return one | {edge: one[edge].strftime("%Y-%m-%dT%H:%M:%SZ") for edge in ("start", "end")}


def solve(case):
    begin, end = (datetime.fromisoformat(case[edge].replace("Z", "+00:00")) for edge in ("from", "to"))
    every = {}
    for item in case["schedule"]:
        for one in expand(item):
            every.setdefault(one["key"], one)
    inside = [one for one in every.values() if one["start"] < end and (one["end"] > begin or one["start"] >= begin)]
    inside.sort(key=lambda one: (one["start"], one["key"]))
    case["occurrences"] = [written(one) for one in inside[: case["max"]]]
    case["find"] = {key: written(every[key]) if key in every else None for key in case["find"]}
    return case


CASES = []


def case(name, schedule, begin, end, most=100, find=()):
    """A window is given as days (UTC midnight) or as instants."""
    whole = [edge if "T" in edge else edge + "T00:00:00Z" for edge in (begin, end)]
    schedule = schedule if isinstance(schedule, list) else [schedule]
    CASES.append(solve({"name": name, "from": whole[0], "to": whole[1], "max": most,
                        "schedule": schedule, "find": list(find)}))


def item(start, minutes=60, zone="Europe/London", **fields):
    return {"start": start, "minutes": minutes, "zone": zone, **fields}


LUNCH = item("2026-06-04T12:00", 120, rrule="FREQ=WEEKLY;BYDAY=TH")

# Plain rules
case("nothing is planned", [], "2026-06-01", "2026-07-01", find=["2026-06-04T12:00"])
case("once", item("2026-06-04T12:00"), "2026-06-01", "2026-07-01", find=["2026-06-04T12:00", "2026-06-11T12:00"])
case("once, before the window", item("2026-05-04T12:00"), "2026-06-01", "2026-07-01")
case("every week", LUNCH, "2026-06-01", "2026-07-01", find=["2026-06-11T12:00", "2026-06-12T12:00", "2026-05-28T12:00", "2026-06-11T12:01"])
case("every week, years later", LUNCH, "2034-12-20", "2035-01-10")
case("every week without a day", item("2026-06-03T10:30", rrule="FREQ=WEEKLY"), "2026-06-01", "2026-06-20")
case("two days a week", item("2026-06-02T09:00", rrule="FREQ=WEEKLY;BYDAY=TU,FR"), "2026-06-01", "2026-06-20")
case("days in any order and a start in mid-week", item("2026-06-04T09:00", rrule="BYDAY=FR,MO,TH;FREQ=WEEKLY"), "2026-06-01", "2026-06-20")
case("the start is not on a day of the rule", item("2026-06-01T09:00", rrule="FREQ=WEEKLY;BYDAY=TH"), "2026-05-01", "2026-06-20", find=["2026-06-01T09:00"])
case("every other week", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;INTERVAL=2"), "2026-06-01", "2026-08-01", find=["2026-06-11T12:00"])
case("every other week on two days, weeks from Monday", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TH"), "2026-06-01", "2026-08-01")
case("every other week on two days, weeks from Sunday", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TH;WKST=SU"), "2026-06-01", "2026-08-01")
case("every fourth week across a year", item("2026-11-05T12:00", rrule="FREQ=WEEKLY;INTERVAL=4"), "2026-11-01", "2027-03-01")
case("every day", item("2026-06-04T08:00", 30, rrule="FREQ=DAILY"), "2026-06-01", "2026-06-10")
case("every third day", item("2026-06-04T08:00", 30, rrule="FREQ=DAILY;INTERVAL=3"), "2026-07-01", "2026-07-20")
case("daily on weekdays", item("2026-06-04T08:00", 30, rrule="FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"), "2026-06-01", "2026-06-15")
case("every other day on some weekdays", item("2026-06-04T08:00", 30, rrule="FREQ=DAILY;INTERVAL=2;BYDAY=MO,TH"), "2026-06-01", "2026-07-15")

# Ends
case("a number of times", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;COUNT=3"), "2026-06-01", "2026-08-01", find=["2026-06-18T12:00", "2026-06-25T12:00"])
case("a number of times that began before the window", item("2026-05-07T12:00", rrule="FREQ=WEEKLY;BYDAY=TH;COUNT=6"), "2026-06-01", "2026-08-01")
case("until a local time, inclusive", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;UNTIL=20260618T120000"), "2026-06-01", "2026-08-01", find=["2026-06-18T12:00", "2026-06-25T12:00"])
case("until a local time, a second too early", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;UNTIL=20260618T115959"), "2026-06-01", "2026-08-01", find=["2026-06-18T12:00"])
case("until a UTC time, inclusive", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;UNTIL=20260618T110000Z"), "2026-06-01", "2026-08-01", find=["2026-06-18T12:00"])
case("until a UTC time that is a second too early", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;UNTIL=20260618T105959Z"), "2026-06-01", "2026-08-01", find=["2026-06-18T12:00"])
case("until a UTC time on the next local day", item("2026-06-04T00:30", rrule="FREQ=DAILY;UNTIL=20260606T233000Z"), "2026-06-01", "2026-08-01")
case("until a day, which counts", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;UNTIL=20260618"), "2026-06-01", "2026-08-01")
case("monthly until a UTC time", item("2026-01-01T12:00", rrule="FREQ=MONTHLY;BYDAY=1TH;UNTIL=20260604T110000Z"), "2026-01-01", "2027-01-01")
case("until beyond all calendars", item("2026-06-04T12:00", rrule="FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1;UNTIL=99991231T235959Z"), "2026-06-01", "2026-08-10")

case("nothing comes after 2099", [item("2098-06-04T12:00", rrule="FREQ=WEEKLY;INTERVAL=40"), item("2098-06-05T12:00", rrule="FREQ=YEARLY")], "2098-01-01", "2120-01-01", find=["2099-06-05T12:00", "2100-06-05T12:00"])

# Months and years
case("second Thursday of the month", item("2026-06-11T18:00", rrule="FREQ=MONTHLY;BYDAY=2TH"), "2026-06-01", "2026-12-31")
case("last Friday of the month", item("2026-06-26T18:00", rrule="FREQ=MONTHLY;BYDAY=-1FR"), "2026-06-01", "2026-12-31", find=["2026-07-31T18:00", "2026-07-24T18:00"])
case("first and third Tuesday", item("2026-06-02T18:00", rrule="FREQ=MONTHLY;BYDAY=1TU,3TU"), "2026-06-01", "2026-09-01")
case("fifth Monday, where there is one", item("2026-06-29T18:00", rrule="FREQ=MONTHLY;BYDAY=5MO"), "2026-06-01", "2027-06-01")
case("last working day of the month", item("2026-06-30T18:00", rrule="FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), "2026-06-01", "2026-12-31")
case("every second month on the 31st", item("2026-01-31T18:00", rrule="FREQ=MONTHLY;INTERVAL=2"), "2026-01-01", "2027-12-31")
case("the 15th and the last day", item("2026-06-15T18:00", rrule="FREQ=MONTHLY;BYMONTHDAY=15,-1"), "2026-06-01", "2026-10-01")
case("Friday the 13th", item("2026-02-13T18:00", rrule="FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"), "2026-01-01", "2029-01-01")
case("Mondays in term", item("2026-09-07T18:00", rrule="FREQ=WEEKLY;BYDAY=MO;BYMONTH=1,9"), "2026-09-14", "2027-02-10")
case("every day of January", item("2026-01-01T18:00", rrule="FREQ=DAILY;BYMONTH=1"), "2026-01-28", "2027-01-05")
case("every year", item("2020-06-20T14:00", rrule="FREQ=YEARLY"), "2024-01-01", "2028-01-01")
case("29 February, every year there is one", item("2024-02-29T12:00", rrule="FREQ=YEARLY"), "2024-01-01", "2033-01-01", find=["2028-02-29T12:00", "2027-02-28T12:00"])
case("last Sunday of March and October", item("2026-03-29T12:00", rrule="FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU"), "2026-01-01", "2028-01-01")
case("twentieth Monday of the year", item("2026-05-18T12:00", rrule="FREQ=YEARLY;BYDAY=20MO"), "2026-01-01", "2030-01-01")

# Clock changes
case("noon stays noon when the clocks go forward", item("2026-03-22T12:00", rrule="FREQ=WEEKLY"), "2026-03-20", "2026-04-10")
case("noon stays noon when the clocks go back", item("2026-10-18T12:00", rrule="FREQ=WEEKLY"), "2026-10-15", "2026-11-10")
case("a time that is skipped moves forward by the gap", item("2026-03-28T01:30", rrule="FREQ=DAILY"), "2026-03-28", "2026-03-31", find=["2026-03-29T01:30", "2026-03-29T02:30"])
case("the first minute of the gap and the first after it", [item("2026-03-29T01:00"), item("2026-03-29T02:00", 30)], "2026-03-28", "2026-03-31")
case("a time that comes twice is the first", item("2026-10-24T01:30", rrule="FREQ=DAILY"), "2026-10-24", "2026-10-27")
case("the edges of the hour that comes twice", [item("2026-10-25T00:59", 1), item("2026-10-25T01:00", 1), item("2026-10-25T01:59", 1), item("2026-10-25T02:00", 1)], "2026-10-24", "2026-10-27")
case("minutes are elapsed time through the hour that is skipped", item("2026-03-29T00:30", 120), "2026-03-28", "2026-03-31")
case("minutes are elapsed time through the hour that comes twice", item("2026-10-24T23:00", 240), "2026-10-24", "2026-10-27")
case("an UNTIL between the two times that an hour comes", item("2026-10-18T01:45", rrule="FREQ=WEEKLY;UNTIL=20261025T010000Z"), "2026-10-15", "2026-11-10")
case("New York changes on another day", item("2026-03-01T18:00", zone="America/New_York", rrule="FREQ=WEEKLY"), "2026-03-01", "2026-04-10")
case("Dublin, whose winter time is the exception", item("2026-10-24T01:30", zone="Europe/Dublin", rrule="FREQ=DAILY"), "2026-10-24", "2026-10-27")
case("Kolkata is half an hour off", item("2026-06-04T12:15", zone="Asia/Kolkata", rrule="FREQ=WEEKLY"), "2026-06-01", "2026-06-20")
case("Lord Howe's clocks change by half an hour", item("2026-10-03T02:15", zone="Australia/Lord_Howe", rrule="FREQ=DAILY"), "2026-10-02", "2026-10-06")
case("Kiritimati is a day ahead", item("2026-06-04T12:00", zone="Pacific/Kiritimati", rrule="FREQ=DAILY"), "2026-06-04", "2026-06-07")
case("Apia skipped a whole day", item("2011-12-29T12:00", zone="Pacific/Apia", rrule="FREQ=DAILY"), "2011-12-28", "2012-01-03")
case("UTC has no clock changes", item("2026-03-28T01:30", zone="UTC", rrule="FREQ=DAILY"), "2026-03-28", "2026-03-31")

# All day
FAIR = item("2026-06-06T00:00", 1440, allDay=True)
case("all day, in summer time", FAIR, "2026-06-01", "2026-07-01")
case("all day, three days long", item("2026-06-05T00:00", 3 * 1440, allDay=True), "2026-06-07", "2026-07-01")
case("all day, through a clock change, ends at midnight", item("2026-03-28T00:00", 2 * 1440, allDay=True, rrule="FREQ=YEARLY"), "2026-03-01", "2026-04-01")
case("all day, every week until a day", item("2026-10-17T00:00", 1440, allDay=True, rrule="FREQ=WEEKLY;UNTIL=20261031"), "2026-10-01", "2026-12-01", find=["2026-10-31T00:00"])
case("all day where midnight is skipped", item("2026-04-22T00:00", 1440, "Africa/Cairo", allDay=True, rrule="FREQ=DAILY"), "2026-04-22", "2026-04-27")
case("all day, moved and made longer", FAIR | {"changes": [{"from": "2026-06-06T00:00", "start": "2026-06-13T00:00", "minutes": 2880}]}, "2026-06-01", "2026-07-01")

# Windows
case("one that began before and has not ended is in", item("2026-06-04T23:00", 120, rrule="FREQ=DAILY"), "2026-06-10T23:30:00Z", "2026-06-11T22:00:00Z")
case("one that ends as the window begins is out", LUNCH, "2026-06-11T13:00:00Z", "2026-06-18T11:00:00Z")
case("one that ends a second into the window is in", LUNCH, "2026-06-11T12:59:59Z", "2026-06-18T11:00:01Z")
case("one without an end counts at its start", item("2026-06-04T12:00", 0, rrule="FREQ=DAILY"), "2026-06-10T11:00:00Z", "2026-06-12T11:00:00Z")
case("past midnight", item("2026-06-05T22:00", 300, rrule="FREQ=WEEKLY;BYDAY=FR"), "2026-06-06", "2026-06-20")
case("a long one is found weeks after it began", item("2026-06-01T09:00", 30 * 1440, rrule="FREQ=MONTHLY"), "2026-06-28", "2026-07-05")
case("at most so many, the earliest", item("2026-06-04T08:00", rrule="FREQ=DAILY"), "2026-06-01", "2027-06-01", 3)
case("at most so many, one of which moved away", item("2026-06-04T08:00", rrule="FREQ=DAILY", changes=[{"from": "2026-06-04T08:00", "start": "2026-06-05T20:00"}]), "2026-06-01", "2027-06-01", 2)
case("at most so many, one of which moved here from far", item("2026-06-04T08:00", rrule="FREQ=DAILY", changes=[{"from": "2026-09-04T08:00", "start": "2026-06-04T20:00"}]), "2026-06-01", "2027-06-01", 2)

# Changes, extras, holidays
CHRISTMAS = LUNCH | {"changes": [{"from": "2026-12-24T12:00", "cancelled": True, "note": "Back on 7 January"},
                                 {"from": "2026-12-31T12:00", "start": "2027-01-02T14:00", "minutes": 90}],
                     "extra": ["2026-12-22T12:00"]}
case("cancelled, moved and extra", CHRISTMAS, "2026-12-15", "2027-01-12", find=["2026-12-24T12:00", "2026-12-31T12:00", "2027-01-02T14:00", "2026-12-22T12:00"])
case("moved out of the window", CHRISTMAS, "2026-12-30", "2027-01-01")
case("moved into the window", CHRISTMAS, "2027-01-01", "2027-01-04")
case("moved back by months", LUNCH | {"changes": [{"from": "2026-12-03T12:00", "start": "2026-06-08T12:00"}]}, "2026-06-01", "2026-06-15")
case("only longer, and so still on in the window", LUNCH | {"changes": [{"from": "2026-06-11T12:00", "minutes": 600, "note": "Summer party"}]}, "2026-06-11T18:00:00Z", "2026-06-12T00:00:00Z")
case("only a note", LUNCH | {"changes": [{"from": "2026-06-11T12:00", "note": "Bring a dish"}]}, "2026-06-09", "2026-06-20")
case("a change of something that is not there", LUNCH | {"changes": [{"from": "2026-06-12T12:00", "start": "2026-06-13T12:00"}]}, "2026-06-09", "2026-06-20", find=["2026-06-12T12:00"])
case("a change after the last", item("2026-06-04T12:00", rrule="FREQ=WEEKLY;COUNT=2", changes=[{"from": "2026-06-18T12:00", "note": "No"}]), "2026-06-01", "2026-07-01", find=["2026-06-18T12:00"])
case("two that change places keep their names", LUNCH | {"changes": [{"from": "2026-06-11T12:00", "start": "2026-06-18T12:00"}, {"from": "2026-06-18T12:00", "start": "2026-06-11T12:00"}]}, "2026-06-09", "2026-06-20", find=["2026-06-11T12:00"])
case("an extra that the rule has too is one", LUNCH | {"extra": ["2026-06-11T12:00", "2026-06-11T12:00", "2026-06-12T12:00"]}, "2026-06-09", "2026-06-20")
case("an extra before the start, and one that moved", LUNCH | {"extra": ["2026-05-01T12:00", "2026-05-02T12:00"], "changes": [{"from": "2026-05-02T12:00", "start": "2026-05-03T12:00"}]}, "2026-04-20", "2026-06-01", find=["2026-05-02T12:00"])
case("moved into the hour that is skipped", item("2026-03-22T12:00", rrule="FREQ=WEEKLY", changes=[{"from": "2026-03-29T12:00", "start": "2026-03-29T01:15"}]), "2026-03-28", "2026-03-31")
EASTER = item("2026-03-27T10:00", rrule="FREQ=WEEKLY;BYDAY=MO,FR")
case("closed on Good Friday only", EASTER | {"closedOn": ["Good Friday"]}, "2026-03-30", "2026-04-11", find=["2026-04-03T10:00"])
case("closed on every bank holiday", EASTER | {"closedOn": ["*"]}, "2026-03-30", "2026-05-12")
case("open on holidays that are not named", EASTER | {"closedOn": ["Christmas Day"]}, "2026-03-30", "2026-04-11")
case("closed on the day and on its substitute", item("2021-12-01T10:00", rrule="FREQ=DAILY", closedOn=["Christmas Day"]), "2021-12-24", "2021-12-30")
case("the early May holiday of 2020 moved to VE day", item("2020-05-01T10:00", rrule="FREQ=DAILY", closedOn=["Early May bank holiday"]), "2020-05-03", "2020-05-10")
SUMMER_OF_2022 = item("2022-06-01T10:00", rrule="FREQ=DAILY", closedOn=["Platinum Jubilee bank holiday", "State Funeral of Queen Elizabeth II"])
case("the jubilee of 2022", SUMMER_OF_2022, "2022-06-01", "2022-06-05")
case("the state funeral of 2022", SUMMER_OF_2022, "2022-09-18", "2022-09-21")
case("a holiday is the day of the local start", item("2026-12-24T23:30", 120, rrule="FREQ=DAILY", closedOn=["*"]), "2026-12-24", "2026-12-29")
case("a change on a holiday wins", EASTER | {"closedOn": ["*"], "changes": [{"from": "2026-04-03T10:00", "note": "Open for Easter"}]}, "2026-03-30", "2026-04-11")
case("an extra on a holiday is held", EASTER | {"closedOn": ["*"], "extra": ["2026-04-06T10:00"]}, "2026-03-30", "2026-04-11")
case("closed and moved: the change wins", EASTER | {"closedOn": ["*"], "changes": [{"from": "2026-04-06T10:00", "start": "2026-04-07T10:00"}]}, "2026-03-30", "2026-04-11")

# Several items
case("two rhythms in order of time", [item("2026-06-04T12:00", rrule="FREQ=WEEKLY;BYDAY=TH"), item("2026-06-02T18:30", 90, rrule="FREQ=MONTHLY;BYDAY=1TU")], "2026-06-01", "2026-07-10")
case("rhythms in different zones", [item("2026-06-04T12:00", rrule="FREQ=WEEKLY"), item("2026-06-04T07:00", zone="America/New_York", rrule="FREQ=WEEKLY")], "2026-06-01", "2026-06-20")
case("one name in two items is the first item's", [item("2026-06-04T12:00", 60, rrule="FREQ=WEEKLY"), item("2026-06-01T12:00", 30, rrule="FREQ=DAILY;UNTIL=20260607")], "2026-06-01", "2026-06-20", find=["2026-06-04T12:00"])
case("one name in two items, the first of which moved away", [item("2026-06-04T12:00", 60, changes=[{"from": "2026-06-04T12:00", "start": "2026-07-04T12:00"}]), item("2026-06-01T12:00", 30, rrule="FREQ=DAILY;UNTIL=20260607")], "2026-06-01", "2026-06-20", 4, find=["2026-06-04T12:00"])

if len({one["name"] for one in CASES}) != len(CASES):
    sys.exit("two cases have one name")
print("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in CASES) + "\n]")
