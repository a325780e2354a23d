"""The pages made from the course's data, and the table of contents."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from html.parser import HTMLParser

import pytest

from paperclub import paths
from paperclub.curriculum import glossary, reading_list, syllabus
from paperclub.curriculum.contents import toc_text, write_toc
from paperclub.curriculum.words import plain
from paperclub.errors import CourseError
from paperclub.ledger import Definition, Ledger, SeedRun, Values
from paperclub.site import book, build_log
from paperclub.site.execution import inputs_hash
from paperclub.site.pages import chrome, claims, costs, now, picture, reading, shorter, words, year

VOID = {"img", "br", "input", "hr"}
PAGES = {
    "year": year.year_html,
    "picture": picture.picture_html,
    "shorter": shorter.shorter_html,
    "famous": reading.famous_html,
    "reading": reading.reading_html,
    "claims": claims.claims_html,
    "costs": costs.costs_html,
    "now": now.now_html,
}


class Balance(HTMLParser):
    """Fails on a tag that is closed wrongly; gathers ids and links."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.ids, self.links = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        pass


@pytest.fixture
def one_written_week(monkeypatch, tmp_path):
    """Make ``attention`` the only written week."""
    folders = {"CHAPTERS": "chapters", "EXERCISES": "exercises", "SOLUTIONS": "solutions"}
    for name, folder in folders.items():
        monkeypatch.setattr(paths, name, tmp_path / folder)
        (tmp_path / folder).mkdir()
    (tmp_path / "chapters" / "attention.ipynb").write_text("{}")
    return tmp_path


def test_the_committed_contents_are_in_step_with_the_syllabus():
    assert write_toc(check=True) == [], "run: python course.py derive"


def test_the_contents_hold_only_what_is_written(one_written_week):
    text = toc_text()
    assert "- file: chapters/attention\n" in text
    assert text.count("chapters/") == 1
    assert "exercises/" not in text
    (one_written_week / "exercises" / "attention.ipynb").write_text("{}")
    assert "    sections:\n    - file: exercises/attention\n      title: Exercises\n" in toc_text()


def test_contents_that_are_out_of_step_are_named_and_then_mended(one_written_week, monkeypatch):
    monkeypatch.setattr(paths, "BOOK", one_written_week)
    toc = one_written_week / "_toc.yml"
    toc.write_text("format: jb-book\n")
    assert write_toc(check=True) == [toc]
    assert toc.read_text() == "format: jb-book\n"
    assert write_toc() == [toc]
    assert write_toc() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed_and_has_no_id_twice(name, one_written_week):
    page = Balance(PAGES[name]("../"))
    assert len(page.ids) == len(set(page.ids))


def test_only_written_weeks_are_linked_as_chapters(one_written_week):
    for make in PAGES.values():
        chapters = {link for link in Balance(make("../")).links if "chapters/" in link}
        assert chapters <= {"../chapters/attention.html"}


def test_links_to_a_planned_week_lead_to_its_place_in_the_year(one_written_week):
    places = set(Balance(year.year_html("../")).ids)
    links = [link for make in PAGES.values() for link in Balance(make("../")).links]
    anchors = {link.split("#")[1] for link in links if "year.html#" in link or link[0] == "#"}
    assert anchors
    assert anchors <= places


def test_the_picture_draws_every_prerequisite_once():
    html = picture.picture_html("../")
    svg = ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, re.DOTALL)[0])
    drawn = {(p.get("data-from"), p.get("data-to"), p.get("class")) for p in svg.iter("path")}
    wanted = {(b, week.slug, "needs") for week in syllabus().weeks for b in week.needs}
    wanted |= {(b, week.slug, "helps") for week in syllabus().weeks for b in week.helps}
    assert drawn == wanted
    assert len(list(svg.iter("circle"))) == len(syllabus().weeks)


def test_the_picture_says_in_words_what_its_arcs_show():
    html = picture.picture_html("../")
    said = re.search(r'data-week="circuits".*?</a>', html)[0]
    assert "needs Attention is all you need" in said
    assert "easier after More features than neurons" in said


def test_the_height_of_a_row_is_the_same_in_picture_and_style_sheet():
    css = (paths.BOOK / "static" / "course.css").read_text(encoding="utf-8")
    assert re.search(r"\.arcs li \{\s*height: (\d+)px", css)[1] == str(picture.ROW)


def test_every_work_stands_on_the_reading_list_with_what_the_filter_needs():
    html = reading.reading_html("../")
    for work in reading_list().works:
        item = re.search(rf'<li id="work-{work.id}" (.*?)>', html)[1]
        assert f'data-kind="{work.kind}"' in item
        assert f'data-source="{" ".join(work.sources)}"' in item
        assert re.search(r'data-standing="(written|planned|none)"', item)


def test_the_famous_list_says_what_is_public_and_what_is_not():
    html = reading.famous_html("../")
    assert "27 of its items are public" in html
    assert "24 others" in html
    assert "never confirmed" in html


def test_a_reconstruction_says_by_whom():
    html = reading.reading_html("../")
    item = re.search(r'<li id="work-maml".*?</li>', html)[0]
    assert "A reconstruction, by Tensor Labbet" in item


def test_what_could_not_be_confirmed_says_so():
    html = reading.reading_html("../")
    for work in reading_list().works:
        item = re.search(rf'<li id="work-{work.id}".*?</li>', html, re.DOTALL)[0]
        assert ("details not confirmed" in item) == (not work.verified)


def test_a_hostile_title_stays_text(monkeypatch):
    hostile = (
        reading_list()
        .works[0]
        .model_copy(update={"title": "<script>alert(1)</script>", "authors": '"><img src=x>'})
    )
    monkeypatch.setattr(reading_list(), "works", [hostile])
    html = reading.reading_html("../")
    assert "<script" not in html
    assert "<img" not in html


def test_the_glossary_names_its_week_and_cannot_be_broken_by_an_entry(one_written_week):
    text = words.words_markdown()
    assert text.count("\n## ") + 1 == len(glossary())
    assert "See it: [Attention is all you need](../chapters/attention.ipynb)" in text
    assert plain("a_b [c](d) <e> # `f`") == r"a\_b \[c\]\(d\) \<e\> \# \`f\`"


@pytest.fixture
def recorded(monkeypatch):
    """Return a function that makes the page see one claim at these (holds, vanishes) seeds."""

    def record(*seeds: tuple[bool, bool], code: str = "now") -> str:
        said = Definition(
            paper="attention-is-all-you-need",
            where="Section 4",
            says="One layer <recalls>.",
            stand_in="32 pairs",
            proxy=False,
        )
        ledger = Ledger(slug="attention", scale="small", code=code)
        ledger.claims["attention.recall"] = said
        for seed, (holds, vanishes) in enumerate(seeds):
            values = Values(
                measured={"accuracy": 0.9 + seed / 100},
                control={"uniform <b>": 0.1},
                holds=holds,
                trend=holds,
                vanishes=vanishes,
            )
            run = SeedRun(
                seed=seed, seconds=1.0, date=date(2026, 3, 1), versions={"torch": "2.13.0"}
            )
            run.claims["attention.recall"] = values
            ledger.runs.append(run)
        monkeypatch.setattr(claims, "ledgers", lambda: [ledger])
        monkeypatch.setattr(claims, "code_hash", lambda slug: "now")
        return claims.claims_html("../")

    return record


def test_the_ledger_page_shows_verdict_seeds_control_and_place(recorded):
    html = recorded(*[(True, True)] * 10)
    for part in ("● reproduced", "10 of 10 seeds", "Section 4.", "0.945", "0.9 to 0.99", "control"):
        assert part in html
    assert "Stale" not in html
    assert "<recalls>" not in html
    assert "<b>" not in html
    Balance(html)


def test_the_ledger_page_says_not_reproduced_as_plainly(recorded):
    html = recorded(*[(True, False)] * 2, *[(True, True)] * 8)
    assert "○ not reproduced" in html
    assert "8 of 10 seeds" in html


def test_the_ledger_page_marks_what_other_code_measured(recorded):
    html = recorded((True, True), code="before")
    assert "Stale." in html
    assert "python course.py claims attention" in html


def test_an_empty_ledger_says_how_to_fill_it(monkeypatch):
    monkeypatch.setattr(claims, "ledgers", list)
    assert "python course.py claims" in claims.claims_html("../")


def test_the_measured_page_shows_chapters_and_machine(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "measured.json")
    assert "python course.py bench" in costs.costs_html("../")
    figures = {
        "machine": {"processor": "<b>two cores</b>"},
        "chapters": {"attention": {"seconds": 41.26, "peak_mib": 1234, "scale": "small"}},
        "start": {"seconds": 3.2},
    }
    paths.MEASURED.write_text(json.dumps(figures))
    html = costs.costs_html("../")
    for part in ("41.3", "1234", "3.2 s", "&lt;b&gt;two cores"):
        assert part in html
    Balance(html)


def test_only_notebooks_have_buttons():
    assert chrome.buttons_html("book/year") == ""
    assert 'data-action="live"' in chrome.buttons_html("exercises/attention")
    assert 'data-action="live"' not in chrome.buttons_html("solutions/attention")
    assert "_sources/chapters/attention.ipynb" in chrome.buttons_html("chapters/attention")


@pytest.fixture
def chapters(monkeypatch, tmp_path):
    """Two chapters with a figure each, and a function that gives the hash of what one runs."""
    for name in ("widgets/dist", "site", "data"):
        (tmp_path / "paperclub" / name).mkdir(parents=True)
    for name in ("bars", "lines"):
        (tmp_path / "paperclub" / "widgets" / f"{name}.py").write_text("X = 1")
        (tmp_path / "paperclub" / "widgets" / "dist" / f"{name}.js").write_text("one")
    (tmp_path / "paperclub" / "widgets" / "__init__.py").write_text(
        "from paperclub.widgets.bars import X as bars\n"
        "from paperclub.widgets.lines import X as lines\n"
    )
    (tmp_path / "paperclub" / "data" / "__init__.py").touch()
    (tmp_path / "paperclub" / "data" / "facts.py").write_text("N = 1")
    for name in ("BOOK", "SOLUTIONS", "LEDGER"):
        monkeypatch.setattr(paths, name, tmp_path)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "measured.json")

    def now(slug: str, source: str) -> str:
        cells = [{"cell_type": "code", "source": source, "metadata": {}}]
        return inputs_hash(f"chapters/{slug}", {"cells": cells, "metadata": {}})

    def both() -> tuple[str, str]:
        return (
            now("a", "from paperclub.widgets import bars"),
            now("b", "from paperclub.widgets import lines\nfrom paperclub.data import facts"),
        )

    return tmp_path, both


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("paperclub/widgets/dist/bars.js", (True, False)),
        ("paperclub/widgets/bars.py", (True, False)),
        ("paperclub/widgets/dist/lines.js", (False, True)),
        ("paperclub/data/facts.json.bz2", (False, True)),
        ("paperclub/site/page.py", (False, False)),
        ("a.json", (True, False)),  # what the ledger says of the week
        ("b.py", (False, True)),  # its exercises' references
        ("syllabus.yml", (True, True)),
    ],
)
def test_an_edit_makes_those_notebooks_old_that_use_what_was_edited(chapters, file, old):
    folder, both = chapters
    before = both()
    (folder / file).write_text("Y = 2")
    assert tuple(one != two for one, two in zip(before, both(), strict=True)) == old


def test_only_its_own_measurement_makes_a_notebook_old(chapters):
    folder, both = chapters
    before = both()
    (folder / "measured.json").write_text('{"chapters": {"a": {"seconds": 9}}}')
    assert tuple(one != two for one, two in zip(before, both(), strict=True)) == (True, False)


def test_a_failed_cell_is_named_with_notebook_number_and_error(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": "1 / 0"},
    ]
    (tmp_path / "chapters" / "attention.ipynb").write_text(json.dumps({"cells": cells}))
    report = tmp_path / "html" / "reports" / "chapters" / "attention.err.log"
    report.parent.mkdir(parents=True)
    rule = "------------------"
    report.write_text(f"Traceback\n{rule}\n1 / 0\n{rule}\n\n\x1b[31mZeroDivisionError\x1b[0m: no\n")
    log = tmp_path / "book.log"
    log.write_text(
        f"{tmp_path}/chapters/attention.ipynb: WARNING: Executing notebook failed: "
        "CellExecutionError [mystnb.exec]\n"
        f"{tmp_path}/chapters/attention.ipynb: WARNING: Notebook exception traceback saved in: "
        f"{report} [mystnb.exec]\n"
        f"{tmp_path}/chapters/attention.ipynb:530002: WARNING: an odd heading [myst.header]\n"
        f"checking consistency... {tmp_path}/book/x.md:7: WARNING: a dead link [myst.xref]\n"
    )
    said = build_log.explain_failure(log)
    assert "attention.ipynb, cell 2: ZeroDivisionError: no" in said
    assert "x.md:7: a dead link" in said
    assert "attention.ipynb, cell 53, line 2: an odd heading" in said
    assert said.endswith(f"All is in {log}.")


@pytest.mark.parametrize("name", ["book", "book.tar.gz", "book.zip.txt"])
def test_an_export_that_is_no_zip_is_refused_with_a_better_name(name, tmp_path):
    with pytest.raises(CourseError, match=re.escape(f"--zip {name}.zip")):
        book.export(tmp_path / name)


def test_exporting_and_serving_a_book_that_is_not_built_say_how_to_build_it(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "HTML", tmp_path / "nothing")
    for act in (lambda: book.export(tmp_path / "b.zip"), lambda: book.serve(8000)):
        with pytest.raises(CourseError, match=r"python course\.py book build"):
            act()
    assert not (tmp_path / "b.zip").exists()


def test_a_taken_port_gives_the_next_one(free_port):
    with book._server(free_port) as first, book._server(free_port) as second:
        assert first.server_port == free_port
        assert second.server_port > free_port
        assert second.server_address[0] == "127.0.0.1"
