"""A group's folder for a test."""

from pathlib import Path

CLUB = """
id: club-1
name: "Readers & <b>Co</b>"
weekday: Wednesday
time: "18:30"
minutes: 60
time_zone: Europe/Berlin
place: Room 3
course: [backpropagation, attention, gpt-from-scratch, lost-in-the-middle, mamba]
start: 2027-03-01
holidays: []
changes: {}
"""
PEOPLE = """
# Kept: a comment of a person's own.
people:
- name: Ada
- name: Grace
  away: [2027-03-10]
- name: Zoë
- name: Bob
  leads: false
leads: {}
"""


def make_club(folder: Path, people: str = PEOPLE, **changes: str) -> Path:
    """Write a group's folder; ``changes`` replace lines of ``CLUB`` by their key."""
    lines = CLUB.strip().splitlines()
    for key, value in changes.items():
        lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in lines]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "club.yml").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "people.yml").write_text(people.lstrip(), "utf-8")
    return folder
