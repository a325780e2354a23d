"""The year, the reading list, the glossary: what is wrong is named; courses keep prerequisites."""

import json
import re
from pathlib import Path

import pytest

from paperclub import curriculum, paths
from paperclub.curriculum import before, card, path_to, reading_list, shorter_course, syllabus
from paperclub.curriculum.load import load_glossary, load_reading_list, load_syllabus
from paperclub.errors import CourseError

WORK = """
- id: {id}
  title: A title
  authors: Somebody
  year: 2017
  url: https://example.org/
  kind: paper
  sources: [ilya]
  topic: attention
  headline: A claim.
  toy: none
"""

WEEK = """
  - slug: {slug}
    title: Title of {slug}
    papers: [{papers}]
    needs: [{needs}]
    room: Room.
    claim: Claim.
    figure: Figure.
    heart: Heart.
"""


def weeks(*rows: tuple[str, str]) -> str:
    """Return a syllabus of one part from (slug, needs) pairs."""
    body = "".join(WEEK.format(slug=s, needs=n, papers="paper-one") for s, n in rows)
    return f"parts:\n- title: Part\n  weeks:{body}"


@pytest.fixture
def works(tmp_path: Path):
    file = tmp_path / "reading_list.yml"
    file.write_text(WORK.format(id="paper-one") + WORK.format(id="paper-two"))
    return load_reading_list(file)


def refused(text: str, tmp_path: Path, works) -> str:
    file = tmp_path / "syllabus.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        load_syllabus(file, works)
    return str(error.value)


def line_of(text: str, part: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_year_has_a_week_for_each_week_of_it_or_more():
    assert len(syllabus().weeks) >= 52


def test_the_list_has_the_27_public_items():
    assert sum(work.ilya == "core" for work in reading_list().works) == 27


def test_every_week_comes_after_what_it_needs():
    seen = set()
    for week in syllabus().weeks:
        assert {*week.needs, *week.helps} <= seen, week.slug
        seen.add(week.slug)


def test_a_good_syllabus_is_read_with_its_part(tmp_path, works):
    file = tmp_path / "syllabus.yml"
    file.write_text(weeks(("a", ""), ("b", "a")))
    read = load_syllabus(file, works)
    assert [(w.slug, w.part) for w in read.weeks] == [("a", "Part"), ("b", "Part")]


def test_an_unknown_key_is_named_with_line_and_near_match(tmp_path, works):
    text = weeks(("a", "")).replace("heart: Heart.", "haert: Heart.")
    said = refused(text, tmp_path, works)
    assert f"syllabus.yml:{line_of(text, 'haert')}: unknown key 'haert'" in said
    assert "Did you mean heart" in said


def test_a_missing_key_is_named_at_its_week(tmp_path, works):
    text = weeks(("a", ""), ("b", "")).replace("    room: Room.\n", "", 1)
    said = refused(text, tmp_path, works)
    assert f":{line_of(text, 'slug: a')}: 'room' is missing here" in said


def test_a_wrong_type_is_named_with_what_it_is(tmp_path, works):
    text = weeks(("a", "")).replace("needs: []", "needs: nothing")
    said = refused(text, tmp_path, works)
    assert f":{line_of(text, 'needs')}: 'needs' should be a valid list" in said
    assert "'nothing'" in said


def test_a_slug_with_capitals_is_refused(tmp_path, works):
    text = weeks(("Big-Week", ""))
    assert "lower-case letters" in refused(text, tmp_path, works)


def test_an_unknown_work_is_named_with_near_matches(tmp_path, works):
    text = weeks(("a", "")).replace("[paper-one]", "[paper-on]")
    said = refused(text, tmp_path, works)
    assert f":{line_of(text, 'papers')}: unknown work 'paper-on'" in said
    assert "paper-one" in said


def test_an_unknown_prerequisite_is_named(tmp_path, works):
    text = weeks(("alpha", ""), ("beta", "alpa"))
    said = refused(text, tmp_path, works)
    assert f":{line_of(text, 'alpa]')}: unknown week 'alpa'. Did you mean alpha?" in said


def test_a_circle_of_prerequisites_is_spelled_out(tmp_path, works):
    said = refused(weeks(("a", "c"), ("b", "a"), ("c", "b")), tmp_path, works)
    assert "a → c → b → a" in said


def test_a_week_that_needs_itself_is_a_circle(tmp_path, works):
    assert "a → a" in refused(weeks(("a", "a")), tmp_path, works)


def test_a_prerequisite_that_comes_later_is_named_with_both_lines(tmp_path, works):
    text = weeks(("a", "b"), ("b", ""))
    said = refused(text, tmp_path, works)
    assert f":{line_of(text, 'needs: [b]')}: 'a' names 'b' under needs" in said
    assert f"in line {line_of(text, 'slug: b')}" in said


def test_a_slug_that_stands_twice_is_named_with_both_lines(tmp_path, works):
    text = weeks(("a", ""), ("a", ""))
    said = refused(text, tmp_path, works)
    assert "'a' stands a second time" in said
    assert f"the first is in line {line_of(text, 'slug: a')}" in said


def test_a_key_that_stands_twice_is_named(tmp_path, works):
    text = weeks(("a", "")) + "    heart: Again.\n"
    said = refused(text, tmp_path, works)
    assert f":{len(text.splitlines())}: not valid YAML: found duplicate key" in said


def test_broken_yaml_is_named_with_its_line(tmp_path, works):
    said = refused("parts:\n- title: [unclosed\n  weeks: 3\n", tmp_path, works)
    assert re.search(r"syllabus\.yml:[23]: not valid YAML", said)


def test_a_character_that_no_text_has_is_named_with_its_line(tmp_path, works):
    said = refused("parts:\n- title: Basics\x07\n", tmp_path, works)
    assert "syllabus.yml:2: here stands a character that no text has (U+0007)" in said


@pytest.mark.parametrize("text", ["", "just words", "parts: 3", "[]"])
def test_a_file_of_another_shape_is_refused_without_a_traceback(text, tmp_path, works):
    assert "syllabus.yml:1:" in refused(text, tmp_path, works)


def test_a_missing_file_and_one_that_is_not_text_are_refused(tmp_path, works):
    with pytest.raises(CourseError, match="is missing"):
        load_syllabus(tmp_path / "nowhere.yml", works)
    file = tmp_path / "bytes.yml"
    file.write_bytes(b"parts: \xff\xfe")
    with pytest.raises(CourseError, match="not UTF-8"):
        load_syllabus(file, works)


def test_a_goal_that_is_no_week_is_refused(tmp_path, works):
    text = "courses:\n- title: T\n  weeks: 2\n  goals: [aa]\n" + weeks(("a", ""))
    assert ":4: unknown week 'aa'" in refused(text, tmp_path, works)


def test_two_works_with_one_id_are_refused(tmp_path):
    file = tmp_path / "reading_list.yml"
    file.write_text(WORK.format(id="twice") * 2)
    with pytest.raises(CourseError, match="'twice' stands a second time"):
        load_reading_list(file)


def test_an_address_that_is_not_of_the_web_is_refused(tmp_path):
    file = tmp_path / "reading_list.yml"
    file.write_text(WORK.format(id="x").replace("https://example.org/", "'javascript:alert(1)'"))
    with pytest.raises(CourseError, match="should start with https://"):
        load_reading_list(file)


def test_an_unknown_kind_is_refused_with_the_known_ones(tmp_path):
    file = tmp_path / "reading_list.yml"
    file.write_text(WORK.format(id="x").replace("kind: paper", "kind: papper"))
    with pytest.raises(CourseError, match="'paper', 'blog'"):
        load_reading_list(file)


def test_only_the_first_faults_are_listed(tmp_path, works):
    text = weeks(*[(f"w{i}", "nowhere-at-all") for i in range(9)])
    said = refused(text, tmp_path, works)
    assert said.count("unknown week") == 5
    assert "and 4 more in this file" in said


def test_an_unknown_week_and_work_list_near_matches():
    with pytest.raises(CourseError, match="Did you mean attention"):
        syllabus().week("atention")
    with pytest.raises(CourseError, match="Did you mean resnet"):
        reading_list().work("resnett")


@pytest.mark.parametrize("n", [1, 2, 5, 7, 12, 30, 52])
def test_a_shorter_course_has_its_length_and_all_its_prerequisites(n):
    course = shorter_course(n, include_planned=True)
    assert len(course) == n
    assert course.note == ""
    seen = set()
    for week in course:
        assert set(week.needs) <= seen, week.slug
        seen.add(week.slug)


def test_the_two_named_courses_reach_their_first_goals():
    for plan in syllabus().courses:
        slugs = {week.slug for week in shorter_course(plan.weeks, include_planned=True)}
        assert plan.goals[0] in slugs


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Return a function that makes exactly these weeks count as written."""

    def write(*slugs: str) -> None:
        monkeypatch.setattr(paths, "CHAPTERS", tmp_path)
        for slug in slugs:
            (tmp_path / f"{slug}.ipynb").write_text("{}")

    return write


def test_without_chapters_a_shorter_course_is_empty_and_says_so(written):
    written()
    assert list(shorter_course(7)) == []
    assert shorter_course(7).note == "No week of it is written so far; the course will have 7."


def test_a_shorter_course_has_written_weeks_only_and_says_how_many(written):
    written("attention", "circuits")
    course = shorter_course(7)
    assert [week.slug for week in course] == ["attention", "circuits"]
    assert course.note.startswith("2 weeks of it are written")


def test_a_written_need_comes_along_when_there_is_room_for_both(written):
    written("backpropagation", "attention", "circuits")
    assert [week.slug for week in shorter_course(2)] == ["backpropagation", "attention"]


@pytest.mark.parametrize("n", [0, -1, len(syllabus().weeks) + 1])
def test_a_course_of_impossible_length_is_refused(n):
    with pytest.raises(CourseError, match=f"1 to {len(syllabus().weeks)} weeks"):
        shorter_course(n)


def test_what_is_before_a_week_ends_with_it():
    assert [week.slug for week in before("gpt-from-scratch")] == [
        "backpropagation",
        "attention",
        "gpt-from-scratch",
    ]


def test_the_way_to_a_paper_is_the_smallest():
    assert [week.slug for week in path_to("induction-heads")] == [
        "backpropagation",
        "attention",
        "circuits",
    ]
    # nope is the subject of two weeks; the shorter way wins
    assert path_to("nope")[-1].slug == "position"


def test_a_work_in_no_week_has_no_way():
    with pytest.raises(CourseError, match="No week takes up"):
        path_to("writing-faq")


def test_the_card_says_claim_minutes_and_cost(written, monkeypatch, tmp_path):
    written()
    notebook = {"metadata": {"paperclub": {"minutes": {"lesson": 61, "exercises": 47}}}}
    (tmp_path / "attention.ipynb").write_text(json.dumps(notebook))
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "measured.json")
    assert "not measured yet" in card("attention")._repr_html_()
    cost = {"chapters": {"attention": {"seconds": 41.7, "peak_mib": 812}}}
    paths.MEASURED.write_text(json.dumps(cost))
    html = card("attention")._repr_html_()
    for part in ("28.4 BLEU", "61 for the lesson, 47 for the exercises", "42 seconds", "812 MiB"):
        assert part in html
    assert 'href="https://arxiv.org/abs/1706.03762"' in html


def test_a_card_escapes_what_it_shows(monkeypatch):
    week = syllabus().week("attention").model_copy(update={"papers": ["hostile"]})
    work = (
        reading_list()
        .work("resnet")
        .model_copy(update={"id": "hostile", "title": "<img onerror=x>", "url": 'https://a/"><b>'})
    )
    monkeypatch.setattr(reading_list(), "_by_id", {"hostile": work})
    html = type(card("attention"))(week)._repr_html_()
    assert "<img" not in html
    assert "<b>" not in html


def test_measurements_that_are_not_json_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "measured.json")
    paths.MEASURED.write_text("{")
    with pytest.raises(CourseError, match=r"measured\.json is not valid JSON"):
        card("attention")._repr_html_()


def test_a_headline_with_a_number_nobody_checked_is_not_printed():
    for work in reading_list().works:
        if any(c.isdigit() for c in work.headline) and not work.headline_checked:
            assert work.printable_headline is None


def test_every_glossary_entry_has_three_sentences_and_a_week():
    for entry in curriculum.glossary():
        assert all(sentence.endswith(".") for sentence in entry.answer), entry.term
        assert syllabus().week(entry.week)


def test_a_glossary_entry_for_an_unknown_week_is_refused(tmp_path):
    file = tmp_path / "glossary.yml"
    entry = {"term": "T", "question": "Q?", "answer": ["A.", "B.", "C."], "week": "atention"}
    file.write_text(json.dumps([entry]))
    with pytest.raises(CourseError, match=r"unknown week 'atention'\. Did you mean attention"):
        load_glossary(file, syllabus())
