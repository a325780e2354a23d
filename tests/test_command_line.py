"""The command line tells a reader's commands from an instructor's, a group's and an author's."""

import typer

from paperclub.cli import app

FOR = {"For you", "For a class", "For a group", "For who writes the course"}


def test_every_command_stands_with_those_of_its_people_and_says_what_it_does():
    commands = typer.main.get_command(app).commands
    assert {command.rich_help_panel for command in commands.values()} == FOR
    assert all(command.help for command in commands.values())
    mine = [name for name, one in commands.items() if one.rich_help_panel == "For you"]
    assert mine[0] == "start"
    assert not {"grade", "derive", "club"} & set(mine)
