"""A group's year: dates, calendar, rota, agenda, records; nothing is lost, nothing is markup."""

import re
from datetime import UTC, date, datetime
from html import unescape
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from club_folder import make_club
from typer.testing import CliRunner

from paperclub.cli import app
from paperclub.club.agenda import agenda, leaders_sheet
from paperclub.club.begin import begin, write_hosting
from paperclub.club.calendar import write_calendar
from paperclub.club.models import read_club, read_people
from paperclub.club.printing import cards_page, handout_page, printed
from paperclub.club.record import add_demos, begin_record, carried_over, read_records
from paperclub.club.roles import ROLES, roles_for
from paperclub.club.rota import agree, rota, warnings
from paperclub.club.sessions import next_session, sessions
from paperclub.errors import CourseError

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return make_club(tmp_path / "Lesekreis ä")


def days(folder):
    return [one.day.isoformat() for one in sessions(read_club(folder))]


# --- dates ---------------------------------------------------------------------------------------


def test_sessions_are_on_the_weekday_from_the_start_on(folder):
    assert days(folder)[:2] == ["2027-03-03", "2027-03-10"]
    assert all(date.fromisoformat(day).weekday() == 2 for day in days(folder))


def test_a_holiday_moves_what_follows_and_a_change_moves_nothing_else(tmp_path):
    plain = days(make_club(tmp_path / "plain"))
    holiday = days(make_club(tmp_path / "holiday", holidays="[2027-03-10, 2027-03-17]"))
    assert holiday == [plain[0], "2027-03-24", "2027-03-31", "2027-04-07", "2027-04-14"]
    changed = days(make_club(tmp_path / "c", changes="{attention: {date: 2027-03-12}}"))
    assert changed == [plain[0], "2027-03-12", *plain[2:]]


def test_the_hour_on_the_wall_stays_across_the_change_to_summer_time(folder):
    held = sessions(read_club(folder))
    assert {f"{one.begins:%H:%M}" for one in held} == {"18:30"}
    assert [one.begins.utcoffset().seconds // 3600 for one in held] == [1, 1, 1, 1, 2]


def test_the_next_session_passes_over_what_is_cancelled(tmp_path):
    club = read_club(make_club(tmp_path / "c", changes="{attention: {cancelled: true}}"))
    assert next_session(club, date(2027, 3, 4)).week.slug == "gpt-from-scratch"
    assert next_session(club, date(2030, 1, 1)) is None


def test_holidays_without_end_are_refused(tmp_path):
    many = [f"{date.fromordinal(date(2027, 3, 3).toordinal() + 7 * i)}" for i in range(80)]
    with pytest.raises(CourseError, match="holidays in a row"):
        days(make_club(tmp_path / "c", holidays=f"[{', '.join(many)}]"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weekday": "Wensday"}, r"club\.yml:3: 'weekday'"),
        ({"time": '"25:00"'}, r"club\.yml:4: 'time'.*time of day"),
        ({"time_zone": "Europe/Berlim"}, r"club\.yml:6:.*Europe/Berlin"),
        ({"course": "[attentoin]"}, r"club\.yml:8: there is no week 'attentoin'.*attention"),
        ({"course": "[attention, attention]"}, r"'attention' stands here twice"),
        ({"changes": "{mambo: {cancelled: true}}"}, r"there is no week 'mambo'.*mamba"),
        ({"changes": "{mamba: {canceled: true}}"}, r"unknown key 'canceled'.*cancelled"),
        ({"changes": "{mamba: {date: 2026-03-10}}"}, r"2026-03-10 is before the group's start"),
        ({"holidays": "[2027-02-30]"}, r"club\.yml:\d+: there is no day 2027-02-30"),
        ({"holidays": "2027-03-10"}, r"'holidays' should be a valid list.*it is 2027-03-10\."),
        ({"start": "yesterday"}, r"club\.yml:9: 'start'"),
        ({"minutes": "6"}, r"club\.yml:5: 'minutes'"),
        ({"place": "[unclosed"}, r"club\.yml:\d+: not valid YAML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path, changes, says):
    with pytest.raises(CourseError, match=says):
        read_club(make_club(tmp_path / "c", **changes))


# --- calendar ------------------------------------------------------------------------------------


def events(folder):
    calendar = icalendar.Calendar.from_ical((folder / "calendar.ics").read_bytes())
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_two_independent_readers_find_the_same_events(folder):
    agree(folder, read_club(folder), "backpropagation", "Ada")
    write_calendar(folder, read_club(folder), NOW)
    theirs = vobject.readOne((folder / "calendar.ics").read_text("utf-8"))
    ours = events(folder)
    assert len(ours) == 5
    found = {event.uid.value: event for event in theirs.vevent_list}
    assert found.keys() == ours.keys()
    for uid, event in ours.items():
        mine, other = event["DTSTART"].dt, found[uid].dtstart.value
        assert mine == other.astimezone(UTC)
        assert f"{other.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "18:30", "summer or not"
        assert found[uid].summary.value == str(event["SUMMARY"])
    assert "Attention Is All You Need" in str(ours["attention@club-1"]["DESCRIPTION"])
    assert "Leads: Ada" in str(ours["backpropagation@club-1"]["DESCRIPTION"])
    assert "Leads: nobody yet" in str(ours["attention@club-1"]["DESCRIPTION"])


def test_writing_again_changes_nothing(folder):
    first = write_calendar(folder, read_club(folder), NOW).read_bytes()
    assert write_calendar(folder, read_club(folder), LATER).read_bytes() == first


def test_a_moved_and_a_cancelled_week_keep_their_identity_and_the_others_theirs(folder):
    write_calendar(folder, read_club(folder), NOW)
    before = events(folder)
    make_club(folder, changes="{attention: {date: 2027-03-12}, mamba: {cancelled: true}}")
    write_calendar(folder, read_club(folder), LATER)
    after = events(folder)
    assert after.keys() == before.keys()
    numbers = {uid.split("@")[0]: int(event["SEQUENCE"]) for uid, event in after.items()}
    assert numbers.pop("attention") == numbers.pop("mamba") == 1
    assert set(numbers.values()) == {0}
    assert after["attention@club-1"]["DTSTART"].dt.day == 12
    assert str(after["mamba@club-1"]["STATUS"]) == "CANCELLED"
    assert after["attention@club-1"]["DTSTAMP"].dt == LATER
    assert after["gpt-from-scratch@club-1"]["DTSTAMP"].dt == NOW


def test_a_week_that_left_the_course_is_cancelled_once_and_for_all(folder):
    write_calendar(folder, read_club(folder), NOW)
    make_club(folder, course="[backpropagation, attention]")
    for _ in range(2):
        write_calendar(folder, read_club(folder), LATER)
    gone = events(folder)["mamba@club-1"]
    assert (str(gone["STATUS"]), int(gone["SEQUENCE"])) == ("CANCELLED", 1)


def test_a_broken_calendar_is_left_as_it_is(folder):
    (folder / "calendar.ics").write_text("BEGIN:VCALENDAR\nnonsense")
    with pytest.raises(CourseError, match="cannot be read as a calendar"):
        write_calendar(folder, read_club(folder), NOW)
    assert (folder / "calendar.ics").read_text() == "BEGIN:VCALENDAR\nnonsense"


# --- rota ----------------------------------------------------------------------------------------


def test_who_is_away_or_never_leads_is_not_proposed_and_turns_are_fair(folder):
    club = read_club(folder)
    slots = rota(club, read_people(folder, club))
    names = [slot.name for slot in slots]
    assert names == ["Ada", "Zoë", "Grace", "Ada", "Zoë"]
    assert not any(slot.agreed for slot in slots)


def test_the_next_four_weeks_without_a_leader_are_named(folder):
    club = read_club(folder)
    agree(folder, club, "attention", "Ada")
    said = warnings(rota(club, read_people(folder, club)), date(2027, 3, 1))
    assert len(said) == 3 and not any("Attention" in text for text in said)
    assert "nobody has agreed yet; ask" in said[0]


def test_leaders_stand_in_the_order_of_days_and_two_sessions_on_one_day_are_said(tmp_path):
    changes = "{attention: {date: 2027-03-31}, mamba: {cancelled: true}}"
    folder = make_club(tmp_path / "c", changes=changes)
    club = read_club(folder)
    slots = rota(club, read_people(folder, club))
    held = [slot.session.day for slot in slots]
    assert held == sorted(held)
    said = warnings(slots, date(2027, 3, 1))
    assert sum("are on one day" in one for one in said) == held.count(date(2027, 3, 31)) - 1
    with pytest.raises(CourseError, match="'mamba' is cancelled"):
        agree(folder, club, "mamba", "Ada")


def test_agreeing_keeps_the_files_comments_and_a_swap_names_who_led_before(folder):
    club = read_club(folder)
    assert agree(folder, club, "attention", "Ada") is None
    assert agree(folder, club, "attention", "Zoë") == "Ada"
    assert "# Kept: a comment of a person's own." in (folder / "people.yml").read_text("utf-8")
    assert read_people(folder, club).leads == {"attention": "Zoë"}


@pytest.mark.parametrize(
    ("slug", "name", "says"),
    [
        ("attention", "Grace", "Grace is away on 10 March 2027"),
        ("attention", "Bop", "'Bop' is not in people.yml. Did you mean Bob"),
        ("diffusion", "Ada", "does not take up 'diffusion'"),
    ],
)
def test_who_cannot_lead_is_refused_and_nothing_is_written(folder, slug, name, says):
    before = (folder / "people.yml").read_bytes()
    with pytest.raises(CourseError, match=says):
        agree(folder, read_club(folder), slug, name)
    assert (folder / "people.yml").read_bytes() == before


def test_a_leader_who_is_now_away_is_said(folder):
    club = read_club(folder)
    agree(folder, club, "attention", "Ada")
    text = (folder / "people.yml").read_text("utf-8")
    (folder / "people.yml").write_text(
        text.replace("- name: Ada", "- name: Ada\n  away: [2027-03-10]"), "utf-8"
    )
    said = warnings(rota(club, read_people(folder, club)), date(2027, 3, 1))
    assert any("Ada agreed to lead, but is away that day." in one for one in said)


# --- agenda, roles, print ------------------------------------------------------------------------


def test_an_agenda_opens_with_who_leads_next_and_has_all_that_a_room_needs(folder):
    club = read_club(folder)
    text = agenda(club, read_people(folder, club), "attention", 7)
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        "## Who leads next week?", "## Run of show", "## Before you come", "## In the room",
        "## Roles", "## Discuss",
    ]  # fmt: skip
    assert "17 March: *A language model" in text and "Ask now." in text
    assert "| 9–16 | Cold open: predict, then look; stop question 1 |" in text
    assert "The five Cs" in text and "Room demo: ten points to spend" in text
    assert "No dumb questions." in text and "I read the paper." in text
    assert "Not that the division is superfluous" not in text, "answers are for the leader"
    assert "(A dictionary.)" not in text, "and so are the demonstration's"


def test_an_agenda_has_the_first_pass_under_any_heading_and_what_stayed_open(folder):
    club = read_club(folder)
    text = agenda(club, read_people(folder, club), "gpt-from-scratch", 7, ["Why <b>three</b>?"])
    assert "The five Cs" in text and "Who has ten minutes" in text
    assert "- Why <b>three</b>?" in text and "&lt;b&gt;three" in printed("t", text)
    planned = agenda(club, read_people(folder, club), "mamba", 7)
    assert "first pass" not in planned and "Brought along" not in planned


def test_the_leaders_sheet_holds_the_answers(folder):
    text = leaders_sheet(read_club(folder), "attention")
    assert "Where rooms get stuck" in text and "Not that the division is superfluous" in text
    assert "(A dictionary.)" in text and "| 9–16 | Cold open" in text
    assert "## The stop questions' answers" in text


@pytest.mark.parametrize("minutes", [45, 60, 90])
@pytest.mark.parametrize("slug", ["attention", "mamba"])
def test_the_run_of_show_fills_any_length_without_a_gap(tmp_path, minutes, slug):
    folder = make_club(tmp_path / "c", minutes=str(minutes))
    club = read_club(folder)
    text = agenda(club, read_people(folder, club), slug, 8)
    table = text.split("## Run of show")[1].split("##")[0]
    edges = [
        tuple(map(int, line.split("|")[1].split("–")))
        for line in table.splitlines()
        if line.startswith("| ") and "–" in line.split("|")[1]
    ]
    assert edges[0][0] == 0 and edges[-1][1] == minutes
    assert all(left[1] == right[0] for left, right in pairwise(edges))
    assert all(start < end for start, end in edges)


@pytest.mark.parametrize("people", [3, 4, 7, 8, 20, 60])
def test_every_role_that_a_room_cannot_miss_is_held(people):
    shared = roles_for(people)
    held = {role.name for _, roles in shared for role in roles}
    assert {"Facilitator", "I read the paper", "No dumb questions"} <= held
    assert "Timekeeper and scribe" in held
    if people >= len(ROLES):
        assert held == {role.name for role in ROLES}
        sizes = {"one person": 1, "a pair": 2}
        total = sum(sizes.get(who) or int(who.rsplit(" ", 1)[1]) for who, _ in shared)
        assert total == people
    else:
        assert len(shared) == people


@pytest.mark.parametrize("people", [2, 61])
def test_a_room_too_small_or_too_large_is_refused(people):
    with pytest.raises(CourseError, match="3 to 60"):
        roles_for(people)


def test_what_people_wrote_is_never_markup_on_a_printed_page(folder):
    club = read_club(folder)
    page = printed("t", agenda(club, read_people(folder, club), "attention", 8))
    assert "&lt;b&gt;Co&lt;/b&gt;" in page and "<b>Co" not in page
    assert "default-src 'none'" in page


def test_cards_and_handout_are_whole_pages():
    cards, handout = cards_page(3), handout_page("attention")
    assert cards.count('class="card"') == 3 and "Reviewer" in cards
    assert "Attention Is All You Need" in handout and "No dumb questions" in handout


# --- records -------------------------------------------------------------------------------------


def begun(folder, slug):
    club = read_club(folder)
    return begin_record(folder, club, read_people(folder, club), slug)


def test_a_record_begins_from_the_template_and_is_never_overwritten(folder):
    file, is_new = begun(folder, "attention")
    assert is_new and file.name == "2027-03-10-attention.md"
    text = file.read_text("utf-8")
    assert "`attention.recall`" in text and "unless they want it to be" in text
    file.write_text(text + "\nOurs.\n", "utf-8")
    again, is_new = begun(folder, "attention")
    assert (again, is_new) == (file, False)
    assert file.read_text("utf-8").endswith("Ours.\n")


def test_open_questions_go_to_the_next_week_or_to_the_one_that_is_named(folder):
    file, _ = begun(folder, "attention")
    asked = "- Why <b>eight</b> heads?\n- What of a million tokens? → mamba\n"
    text = file.read_text("utf-8")
    file.write_text(text.replace("SLUG.\n\n-\n", f"SLUG.\n\n{asked}"), "utf-8")
    club, records = read_club(folder), read_records(folder)
    assert carried_over(records, club, "gpt-from-scratch") == ["Why <b>eight</b> heads?"]
    assert carried_over(records, club, "mamba") == ["What of a million tokens?"]
    assert carried_over(records, club, "lost-in-the-middle") == []
    after, _ = begun(folder, "mamba")
    assert "- What of a million tokens?" in after.read_text("utf-8")


def test_an_open_question_passes_over_a_cancelled_week(tmp_path):
    folder = make_club(tmp_path / "c", changes="{gpt-from-scratch: {cancelled: true}}")
    file, _ = begun(folder, "attention")
    text = file.read_text("utf-8")
    file.write_text(text.replace("SLUG.\n\n-\n", "SLUG.\n\n- Why?\n"), "utf-8")
    club, records = read_club(folder), read_records(folder)
    assert carried_over(records, club, "gpt-from-scratch") == []
    assert carried_over(records, club, "lost-in-the-middle") == ["Why?"]


def test_a_question_for_a_week_that_the_group_does_not_take_up_is_said(folder):
    file, _ = begun(folder, "attention")
    text = file.read_text("utf-8")
    file.write_text(text.replace("SLUG.\n\n-\n", "SLUG.\n\n- Why? → gtp-from-scratch\n"), "utf-8")
    said = CliRunner().invoke(app, ["club", "record", "attention", "--folder", str(folder)]).output
    assert "meant for 'gtp-from-scratch'" in said and "Did you mean gpt-from-scratch" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# No head\n", ":1: a record opens with its head"),
        ("---\nweek: attention\n---\n", ":2: 'date' is missing|'date' is missing"),
        ("---\nweek: attention\ndate: soon\n---\n", ":3: 'date'"),
        ("---\nweek: attention\ndate: 2027-03-10\ncame: many\n---\n", ":4: 'came'"),
        ("---\nweek: [\n---\n", "not valid YAML"),
    ],
)
def test_a_broken_record_is_named_and_left_alone(folder, text, says):
    file = folder / "records" / "x.md"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    with pytest.raises(CourseError, match=says):
        read_records(folder)
    assert file.read_text("utf-8") == text


# --- what a room's figure gave -------------------------------------------------------------------

LINE = "- Forecast. Which <b>one</b>? *5* [hands](javascript:alert(1)): (a) 1, (b) 4."


def demo_of(folder, *lines):
    words = [word for line in lines for word in ("--demo", line)]
    return CliRunner().invoke(app, ["club", "record", "attention", "--folder", str(folder), *words])


def test_a_figures_line_goes_into_the_record_and_the_log_as_characters(folder, monkeypatch):
    from paperclub.site.pages import club as page

    assert "begun; 1 line put under Room demo" in demo_of(folder, LINE).output
    assert "0 lines put under Room demo: it stands" in demo_of(folder, LINE).output
    assert "2 lines put" in demo_of(folder, "1. # first", "+ plus\n## Disagreements").output
    (record,) = read_records(folder)
    assert len(record.sections["Room demo"].splitlines()) == 3
    monkeypatch.setattr(page, "FOLDER", folder)
    shown = page.club_html("")
    heads = re.findall("<h3>(.*?)</h3>", shown)
    assert heads == ["Room demo"]
    demo = shown.split("<h3>Room demo</h3>")[1].split("</ul>")[0]
    said = [unescape(item) for item in re.findall("<li>(.*?)</li>", demo, re.DOTALL)]
    assert said == [LINE.removeprefix("- "), "1. # first", "+ plus ## Disagreements"]


def test_a_line_is_asked_for_where_a_shell_would_read_its_marks(folder):
    words = ["club", "record", "attention", "--folder", str(folder), "--demo", "-"]
    done = CliRunner().invoke(app, words, input='- A game. "$HOME" `ls`\n')
    assert done.exit_code == 0
    assert 'A game. "$HOME" \\`ls\\`' in read_records(folder)[0].sections["Room demo"]


def test_what_was_written_by_hand_stays_to_the_letter(folder):
    file, _ = begun(folder, "attention")
    text = file.read_text("utf-8").replace("## Room demo\n", "## Room demo\n\nWe *laughed*.\n")
    file.write_bytes(text.replace("\n", "\r\n").encode())
    demo_of(folder, "- A game. 3 won.")
    added = text.replace("We *laughed*.\n", "We *laughed*.\n- A game. 3 won.\n")
    assert file.read_bytes().decode() == added.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [("-", "empty"), (" ", "empty"), ("x" * 4_001, "4001 characters; at most 4000")],
)
def test_a_line_that_cannot_be_leaves_the_record_as_it_was(folder, line, says):
    file, _ = begun(folder, "attention")
    before = file.read_bytes()
    with pytest.raises(CourseError, match=says):
        add_demos(file, ["- A game. 3 won.", line])
    assert file.read_bytes() == before


def test_a_record_without_the_heading_is_left_alone(folder):
    file, _ = begun(folder, "attention")
    file.write_text(file.read_text("utf-8").replace("## Room demo", "## Games"), "utf-8")
    before = file.read_bytes()
    assert "'## Room demo'" in str(demo_of(folder, LINE).exception)
    assert file.read_bytes() == before


# --- the commands --------------------------------------------------------------------------------


def test_a_new_group_is_asked_again_for_what_cannot_be(tmp_path):
    answers = iter(
        ["Our <club>", "Wensday", "Wednesday", "25:00", "18:30", "5", "60", "Europe/Berlim",
         "Europe/Berlin", "Room 3", "attention, nonsense", "7", "2027-03-01", "2027-12-24",
         "Ada, Ada", "Ada, Zoë"]
    )  # fmt: skip
    questions = []

    def ask(question, default):
        questions.append(question)
        return next(answers)

    written = begin(tmp_path / "club", ask, date(2027, 1, 1))
    assert [path.name for path in written] == [
        "club.yml", "people.yml", "proposals.yml", "calendar.ics", "HOSTING.md",
    ]  # fmt: skip
    club = read_club(tmp_path / "club")
    assert (club.name, club.weekday, club.course) == ("Our <club>", "Wednesday", 7)
    assert [one.name for one in read_people(tmp_path / "club", club).people] == ["Ada", "Zoë"]
    assert sum("cannot be" in question for question in questions) == 6
    with pytest.raises(CourseError, match="holds a group already"):
        begin(tmp_path / "club", ask, date(2027, 1, 1))


def test_an_interrupted_beginning_leaves_nothing(tmp_path):
    def ask(question, default):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "club", ask, date(2027, 1, 1))
    assert not (tmp_path / "club").exists()


def test_the_page_for_a_new_host_says_what_to_do_and_who_leads(folder):
    text = write_hosting(folder, read_club(folder), date(2027, 3, 1)).read_text("utf-8")
    assert "&lt;b&gt;Co" in text and "<b>" not in text
    assert "| 2027-03-10 | Attention is all you need | Zoë (proposed) |" in text


@pytest.mark.parametrize(
    "words",
    [
        ["calendar"], ["rota"], ["rota", "--agree", "attention", "Ada"], ["agenda", "attention"],
        ["agenda", "mamba", "--people", "3"], ["cards", "--people", "5"], ["handout", "attention"],
        ["record", "attention"], ["hosting"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_each_command_does_its_work_in_a_folder_of_any_name(folder, words):
    done = CliRunner().invoke(app, ["club", *words, "--folder", str(folder)])
    assert done.exit_code == 0, done.output
    assert done.output.strip()


@pytest.mark.parametrize(
    "words", [["agenda", "attentio"], ["record", "x"], ["cards", "--people", "2"]]
)
def test_what_cannot_be_is_one_sentence(folder, words):
    done = CliRunner().invoke(app, ["club", *words, "--folder", str(folder)])
    assert isinstance(done.exception, CourseError)
    assert len(str(done.exception).splitlines()) == 1


def test_a_folder_without_a_group_says_how_to_begin(tmp_path):
    done = CliRunner().invoke(app, ["club", "rota", "--folder", str(tmp_path)])
    assert "club new" in str(done.exception)


# --- the log in the book -------------------------------------------------------------------------


def test_the_log_shows_what_was_kept_as_text(folder, monkeypatch):
    from paperclub.site.pages import club as page

    monkeypatch.setattr(page, "FOLDER", folder)
    assert "has kept nothing yet" in page.club_html("")
    file, _ = begun(folder, "attention")
    text = file.read_text("utf-8").replace("came:", "came: 12")
    file.write_text(
        text.replace("## Disagreements\n\n-", "## Disagreements\n\n- <script>alert(1)</script>"),
        "utf-8",
    )
    shown = page.club_html("")
    assert "12 came" in shown and "&lt;script&gt;" in shown and "<script>" not in shown
    assert "<h3>Links</h3>" not in shown, "what is empty is left out"
    assert "→ SLUG" not in shown and "attention.recall" not in shown, "and what is the template's"
    begun(folder, "mamba")
    assert page.club_html("") == shown, "nobody has written into that one yet"
    text = file.read_text("utf-8").replace("In the room:", "In the room: yes, 7 of 8.", 1)
    file.write_text(text, "utf-8")
    shown = page.club_html("")
    assert "yes, 7 of 8." in shown and shown.count("In the room:") == 1


def test_the_log_stands_in_the_book_once_there_is_a_group(tmp_path, monkeypatch):
    from paperclub import paths
    from paperclub.curriculum.contents import toc_text

    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert "club-log" not in toc_text()
    make_club(tmp_path / "club")
    assert "file: book/club-log" in toc_text()
