"""Dates as people write them, beside the same dates as ISO 8601 wants them.

The pairs are made here by rule from the calendar of 1950 to 2049; nothing was collected, so there
is no source to name and no licence to keep. Days are written before months where both are numbers,
as in Britain, and two-digit years mean 1950 to 2049.
"""

import datetime
from random import Random

SOURCE = "abcdefghijklmnopqrstuvwxyz0123456789 .,/-'"
TARGET = "0123456789-"
STEPS = 10  # letters of an ISO date
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FIRST = datetime.date(1950, 1, 1).toordinal()
LAST = datetime.date(2049, 12, 31).toordinal()
HELD_OUT = 10  # one day in so many is never given for training


def ordinal(day: int) -> str:
    """Return a day of the month as English counts it: 1st, 2nd, 3rd, 4th, ..., 11th, ..., 31st."""
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def write(date: datetime.date, rng: Random) -> str:
    """Write a date in one of the ways in which people write it, in small letters."""
    d, m, y = date.day, date.month, date.year
    name = MONTHS[m - 1]
    month = rng.choice([name, name[:3]])
    year = rng.choice([f"{y}", f"{y}", f"'{y % 100:02d}"])
    day = rng.choice([f"{d}", f"{d}", ordinal(d), f"{d:02d}"])
    weekday = DAYS[date.weekday()]
    before = rng.choice(["", "", "", f"{weekday}, ", f"{weekday[:3]} "])
    return rng.choice([
        f"{before}{day} {month} {year}",
        f"{before}{month} {day}, {year}",
        f"{before}{month} {day} {year}",
        f"{before}the {ordinal(d)} of {month} {year}",
        f"{year} {month} {day}",
        f"{d}-{name[:3]}-{y}",
        f"{d}.{m}.{y}",
        f"{d}/{m}/{y % 100:02d}",
        f"{d:02d}/{m:02d}/{y}",
    ])  # fmt: skip


def pairs(count: int, rng: Random, held_out: bool = False) -> list[tuple[str, str]]:
    """Return ``count`` pairs of a date as people write it and the same date in ISO 8601.

    Args:
        count: How many.
        rng: Where chance comes from; it is moved on.
        held_out: Give days that are never given otherwise, for testing.
    """
    made: list[tuple[str, str]] = []
    while len(made) < count:
        number = rng.randint(FIRST, LAST)
        if (number % HELD_OUT == 0) is held_out:
            date = datetime.date.fromordinal(number)
            made.append((write(date, rng), date.isoformat()))
    return made


def source_ids(text: str) -> list[int]:
    """Return a number for each letter of ``text``, from 1; 0 for what stands not in ``SOURCE``."""
    return [SOURCE.find(letter) + 1 for letter in text]


def target_ids(iso: str) -> list[int]:
    """Return a number for each letter of an ISO date, from 0.

    Raises:
        ValueError: A letter stands not in ``TARGET``.
    """
    return [TARGET.index(letter) for letter in iso]
