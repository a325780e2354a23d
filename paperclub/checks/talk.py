"""Walk through a chapter's page as it presents itself, and see what would be cut off."""

from typing import Any

SMALLEST = 0.6  # share of the large type below which a screen cannot be read from the back
LEAST_TYPE = 18  # pixels
LEAST_LETTER = 0.02  # of the screen's height: code, a table, what stands at a drawing's axes

_SEEN = """
() => {
  const on = [...document.querySelectorAll('.slide-on')];
  const boxes = on.map((block) => block.getBoundingClientRect());
  const wide = on.flatMap((block) => [...block.querySelectorAll('pre, table')])
    .filter((part) => part.scrollWidth > part.clientWidth + 1)
    .map((part) => part.textContent.slice(0, 60));
  const zoom = Number(on[0]?.style.zoom || 1);
  const all = (selector) => on.flatMap((block) => [...block.querySelectorAll(selector)]);
  const size = (part) => parseFloat(getComputedStyle(part).fontSize);
  const drawn = (text) => {
    const svg = text.ownerSVGElement;
    return size(text) * svg.getBoundingClientRect().height / svg.viewBox.baseVal.height;
  };
  const letters = [
    ...all('pre, td').filter((part) => part.offsetParent).map((part) => zoom * size(part)),
    ...all('svg.pc-drawing text').map(drawn),
  ];
  const empty = on.flatMap((block) => [...block.querySelectorAll('.paperclub-figure')])
    .filter((figure) => !figure.querySelector('.pc-figure'));
  return {
    name: `${document.querySelector('.slides-count').textContent} `
      + document.querySelector('.slides-title').textContent,
    bottom: Math.max(0, ...boxes.map((box) => box.bottom)),
    right: Math.max(0, ...boxes.map((box) => box.right)),
    foot: document.querySelector('.slides-bar').getBoundingClientRect().top,
    scale: zoom,
    smallest: Math.min(...letters, innerHeight) / innerHeight,
    type: parseFloat(getComputedStyle(document.querySelector('.bd-article')).fontSize),
    edge: innerWidth, wide, empty: empty.length,
    step: [on.length, on.filter((block) => block.matches('.slide-wait')).length],
  };
}
"""
# A figure may settle a frame or two after its screen came up: sooner than anybody reads.
_SETTLED = """
() => new Promise((done) => {
  const heights = () => [...document.querySelectorAll('.slide-on')]
    .map((block) => block.getBoundingClientRect().height).join();
  const until = performance.now() + 2000;
  const look = (before) => {
    const now = heights();
    if (now === before || performance.now() > until) done();
    else setTimeout(() => requestAnimationFrame(() => look(now)), 30);
  };
  requestAnimationFrame(() => setTimeout(() => look(null)));
})
"""


def walk(page: Any) -> list[dict]:
    """Step through a talk with a clicker's key, from where it stands to its end.

    Args:
        page: A page of Playwright's synchronous API that was opened with ``?present=1``.

    Returns:
        What was seen at each step: the screen's ``name``, and what ``troubles`` judges.
    """
    page.evaluate(_SETTLED)
    seen = [page.evaluate(_SEEN)]
    while True:
        page.keyboard.press("PageDown")
        page.evaluate(_SETTLED)
        now = page.evaluate(_SEEN)
        if (now["name"], now["step"]) == (seen[-1]["name"], seen[-1]["step"]):
            return seen
        seen.append(now)


def troubles(screen: dict) -> list[str]:
    """Return what people in the room could not see of a screen, in a sentence each."""
    name = screen["name"]
    found = []
    if screen["bottom"] > screen["foot"] + 1:
        found.append(f"screen {name}: cut off at the foot")
    if screen["right"] > screen["edge"]:
        found.append(f"screen {name}: cut off at the right")
    if screen["scale"] < SMALLEST or screen["type"] < LEAST_TYPE:
        found.append(f"screen {name}: too small to be read from the back of a room")
    if screen["smallest"] < LEAST_LETTER:
        found.append(f"screen {name}: letters of {screen['smallest']:.1%} of its height")
    if screen["empty"]:
        found.append(f"screen {name}: a figure does not show")
    found += [f"screen {name}: wider than the screen: {text}" for text in screen["wide"]]
    return found
