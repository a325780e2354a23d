"""The log: finished, doing, next."""

import pytest
from markdown_it import MarkdownIt

from paperclub.errors import CourseError
from paperclub.learner import commands, log

HOSTILE = "# <img src=x onerror=alert(1)> [a](javascript:b) **x** `y`\n- z &lt;"


def test_an_entry_moves_from_next_to_finished_and_keeps_its_number():
    log.write("next", "the tokeniser")
    log.write("doing", "attention")
    log.move(1, "doing")
    log.move(1, "finished")
    assert [(one.number, one.state, one.text) for one in log.entries()] == [
        (1, "finished", "the tokeniser"),
        (2, "doing", "attention"),
    ]
    log.take_out(1)
    assert [one.number for one in log.entries()] == [2]
    with pytest.raises(CourseError, match=r"no entry 1\. Its numbers: 2"):
        log.move(1, "next")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: log.write("dong", "x"), "Did you mean doing"),
        (lambda: log.write("doing", "  "), "has no text"),
        (lambda: log.write("doing", "x" * 20_000), "at most 10000"),
        (lambda: log.move(1, "next"), "the log is empty"),
        (lambda: log.take_out(0), "no entry 0"),
    ],
)
def test_what_cannot_be_is_refused(call, says):
    with pytest.raises(CourseError, match=says):
        call()
    assert log.entries() == []


def test_what_is_no_character_or_would_steer_a_terminal_is_not_kept(capsys):
    log.write("doing", "a\udcffb \x1b[31mred")
    assert log.entries()[0].text == "a�b �[31mred"
    commands.show_log()
    assert "\x1b[31m" not in capsys.readouterr().out


def test_the_export_is_markdown_whose_text_is_text(tmp_path):
    log.write("finished", HOSTILE)
    log.write("next", "GPT, in 200 lines")
    file = tmp_path / "log.md"
    assert log.export_log(file) == 2
    text = file.read_text("utf-8")
    assert text.index("## Finished") < text.index("## Doing") < text.index("## Next")
    html = MarkdownIt("commonmark").render(text)
    assert "<img" not in html and "<a " not in html and "<strong>" not in html
    assert html.count("<h1>") == 1 and html.count("<li>") == 2
    assert "&lt;img src=x onerror=alert(1)&gt;" in html and "&amp;lt;" in html


def test_the_export_replaces_a_file_only_when_told(tmp_path):
    file = tmp_path / "log.md"
    file.write_text("precious", "utf-8")
    with pytest.raises(CourseError, match="--force"):
        log.export_log(file)
    assert file.read_text("utf-8") == "precious"
    log.export_log(file, force=True)
    assert file.read_text("utf-8").startswith("# Log")
    with pytest.raises(CourseError, match="is a folder"):
        log.export_log(tmp_path)
    with pytest.raises(CourseError, match="cannot be written"):
        log.export_log(file / "below")


def test_commands_print_the_log_as_it_was_typed(capsys):
    commands.show_log()
    assert "The log is empty" in capsys.readouterr().out
    commands.write_log("doing", "[red]brackets[/]")
    commands.move_log(1, "finished")
    out = capsys.readouterr().out
    assert "[red]brackets[/]" in out and "Finished" in out
    commands.remove_log(1)
    assert "The log is empty" in capsys.readouterr().out
