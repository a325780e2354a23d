"""Drive JupyterLab as a reader does."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from figure_book import notebook
from playwright.sync_api import Browser, Page, expect
from running import Running, copy_course
from watching import Watched

PATIENCE = 120_000


class Lab:
    """A notebook open in Lab, in a page of Playwright's synchronous API."""

    def __init__(self, page: Page):
        self.page = page

    def open(self, base: str, token: str, path: str, workspace: str) -> "Lab":
        """Open a notebook in a workspace of its own, and wait for its kernel.

        Args:
            base: The server's address, ending in a slash.
            token: Its login token.
            path: The notebook, below the folder that the server shows.
            workspace: A name that no other test uses: Lab restores what a workspace had open.
        """
        self.page.goto(f"{base}doc/workspaces/{workspace}/tree/{path}?token={token}&reset")
        return self.wait_for_kernel()

    def wait_for_kernel(self) -> "Lab":
        """Wait until the status bar says that the kernel is idle.

        The toolbar's indicator is also idle before the kernel has answered for the first time.
        """
        self.page.locator(".jp-Notebook").first.wait_for(timeout=PATIENCE)
        self.page.get_by_text("| Idle").first.wait_for(timeout=PATIENCE)
        return self

    def run_all(self, patience: int = PATIENCE) -> "Lab":
        """Run every cell by the menu, and wait until each code cell has its number.

        Args:
            patience: Milliseconds to wait at most.
        """
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()
        return self.wait_until_run(patience)

    def wait_until_run(self, patience: int = PATIENCE) -> "Lab":
        """Wait until every code cell has its number and the kernel rests."""
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        expect(prompts.first).to_have_text(re.compile(r"^\[\d+\]:"), timeout=patience)
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                .every((prompt) => /^\\[\\d+\\]:/.test(prompt.textContent))""",
            timeout=patience,
        )
        self.page.get_by_text("| Idle").first.wait_for(timeout=patience)
        return self

    def outputs(self) -> str:
        """Return the text of all outputs that are in view."""
        return "\n".join(self.page.locator(".jp-OutputArea-output").all_inner_texts())

    def save(self) -> "Lab":
        """Save the notebook."""
        self.page.keyboard.press("Control+s")
        return self


def run_cell(page: Page, number: int = -1) -> None:
    """Run one of the notebook's code cells, by default the last one."""
    page.locator(".jp-CodeCell").nth(number).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


@contextmanager
def figure_in_lab(
    browser: Browser, folder: Path, cells: Sequence[str], port: int
) -> Iterator[Page]:
    """A course started on a chapter of these cells, open in Lab with every cell run.

    Complaints of the page fail the test at its end.

    Args:
        browser: Playwright's.
        folder: Where the course and a home are made.
        cells: The chapter's cells.
        port: One that no other test uses.
    """
    root = copy_course(folder / "course")
    nbformat.write(notebook(*cells), root / "chapters" / "attention.ipynb")
    running = Running(root, folder / "home", port=port).wait_until_open()
    try:
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        watched = Watched(context.new_page(), running.base)
        # At rest: a page left while it asks for its icon would count as a failure.
        watched.page.goto(running.url, wait_until="networkidle")
        watched.page.goto(running.base + "course/open/chapters/attention")
        yield Lab(watched.page).wait_for_kernel().run_all().page
        context.close()
        assert watched.complaints == []
    finally:
        running.stop()
