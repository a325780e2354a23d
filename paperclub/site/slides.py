"""Carry what a notebook's cells say about presenting into the page that is made of them.

A page keeps nothing of a Markdown cell's borders and nothing of a cell's slide type. Each Markdown
cell gets a mark at its end (where it moves no line that a warning could name), each code cell a
tag; ``book/static/present.js`` reads both.
"""

import json

TYPES = ("slide", "subslide", "fragment")


def mark_slides(source: str) -> str:
    """Return a notebook's JSON with its slide types where the page shows them.

    Args:
        source: A notebook as text. Its code is not touched: what was executed still fits.
    """
    notebook = json.loads(source)
    for cell in notebook["cells"]:
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        kind = kind if kind in TYPES else "none"
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            cell["source"] = f'{text}\n\n<div class="slide-end" data-slide="{kind}"></div>\n'
        elif cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), f"slide-{kind}"]
    return json.dumps(notebook)
