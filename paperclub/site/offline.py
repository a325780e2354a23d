"""What makes a page of the book independent of the network."""

import html
import json


def policy_tag(policy: str) -> str:
    """Return the meta element by which the browser itself refuses all other origins."""
    return f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'


def is_thebe(text: str) -> bool:
    """Tell whether a script or a piece of HTML is sphinx-thebe's.

    It names a script on another host, and is put into every page twice, so that the second
    declaration fails; the course has no use for it.
    """
    return any(
        mark in text
        for mark in ("THEBE_JS_URL", "sphinx-thebe", "x-thebe-config", "<script>kernelName =")
    )


def parse_state(body: str) -> dict[str, dict]:
    """Return the models of a notebook's widget state from the JSON that a page would carry."""
    return json.loads(body)["state"]
