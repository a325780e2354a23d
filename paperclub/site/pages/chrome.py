"""The row of buttons on a notebook's page."""

from html import escape

LIVE = ("chapters", "exercises")


def buttons_html(page: str) -> str:
    """Return the buttons for a page such as ``chapters/attention``; empty for other pages.

    *Open live* asks the course's own server for the reader's copy. Where the page is served by
    something else, or opened from disk, the script shows how to start the course; without a script
    the link leads to the page that says so.
    """
    kind, _, slug = page.partition("/")
    if kind not in (*LIVE, "solutions") or not slug:
        return ""
    page, slug = escape(page), escape(slug)
    live = (
        f'<a class="action" data-action="live" data-page="{page}" '
        'href="../book/for-learners.html#start">Open live</a>'
        if kind in LIVE
        else ""
    )
    present = (
        '<a class="action" data-action="present" href="?present=1">Present</a>'
        if kind == "chapters"
        else ""
    )
    return (
        f'<div class="actions" role="group" aria-label="This notebook">{live}{present}'
        f'<a class="action" data-action="download" href="../_sources/{page}.ipynb" '
        f'download="{slug}.ipynb">Download</a></div>'
    )
