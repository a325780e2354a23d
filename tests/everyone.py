"""What axe-core finds on a page that some people could not use."""

from pathlib import Path

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
FIND = """
async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) =>
    ({ id, impact, where: node.target.join(" "), why: node.failureSummary })));
}
"""


def serious_findings(page) -> list[str]:
    """Return what axe-core calls serious or critical: rule, place and reason.

    The page's own Content-Security-Policy stays in force: the tool comes by the debugger's way.
    """
    page.evaluate(AXE.read_text("utf-8") + "\n;0")
    return [
        f"{found['id']} at {found['where']}: {found['why']}"
        for found in page.evaluate(FIND)
        if found["impact"] in ("serious", "critical")
    ]
