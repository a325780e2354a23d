"""What axe-core finds on a page that some people could not use."""

from pathlib import Path

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
COLOUR = ("color-contrast", "link-in-text-block")  # the rules that look at colours, slow ones
FIND = """
async (rules) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], ...rules });
  return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) =>
    ({ id, impact, where: node.target.join(" "), why: node.failureSummary })));
}
"""


def serious_findings(page, **rules) -> list[str]:
    """Return what axe-core calls serious or critical: rule, place and reason.

    The page's own Content-Security-Policy stays in force: the tool comes by the debugger's way.

    Args:
        page: A page of Playwright's synchronous API.
        rules: Which rules to apply, by the tool's own option ``runOnly`` or ``rules``; all of
            them if left out.
    """
    page.evaluate(f"globalThis.axe || (() => {{ {AXE.read_text('utf-8')} }})()\n;0")
    return [
        f"{found['id']} at {found['where']}: {found['why']}"
        for found in page.evaluate(FIND, rules)
        if found["impact"] in ("serious", "critical")
    ]


def colour_findings(page) -> list[str]:
    """Return the serious findings of the rules that look at colours."""
    return serious_findings(page, runOnly=list(COLOUR))


def layout_findings(page) -> list[str]:
    """Return the serious findings of all the other rules."""
    return serious_findings(page, rules={name: {"enabled": False} for name in COLOUR})
