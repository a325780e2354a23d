"""Every figure in a second browser engine: over http, from disk, and in a file of its own."""

from urllib.parse import urlparse

import pytest
from figure_book import build_figure_book
from figure_places import PLACES, places
from firefox import Firefox
from specimens import every_specimen

from paperclub.checks.firefox import find_firefox

pytestmark = [pytest.mark.browser, pytest.mark.firefox, pytest.mark.slow]

SPECIMENS = every_specimen()
PICTURE = "document.querySelector('canvas.pc-picture')"
SAID = "document.querySelector('.pc-sentence').textContent"
COLOURS = f"""
(() => {{
  const {{ width, height }} = {PICTURE};
  const {{ data }} = {PICTURE}.getContext('2d').getImageData(0, 0, width, height);
  return new Set(new Uint32Array(data.buffer)).size > 50;
}})()
"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    program = find_firefox()
    if program is None:
        pytest.skip("no Firefox on this machine")
    with Firefox(program, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    pages = {name: specimen.page for name, specimen in SPECIMENS.items()}
    return build_figure_book(tmp_path_factory.mktemp("firefox"), pages)


@pytest.fixture(scope="module", params=SPECIMENS)
def figure(request, book, tmp_path_factory):
    """One figure made here, and its page's address in each place."""
    specimen = SPECIMENS[request.param]
    python = specimen.figure()
    with places(book, python, tmp_path_factory) as folders:
        pages = {
            place: folder + ("figure" if place == "alone" else request.param) + ".html"
            for place, folder in folders.items()
        }
        yield python, specimen.step(python), pages


@pytest.mark.parametrize("place", PLACES)
def test_figure_is_drawn_says_what_python_says_and_follows_a_key(firefox, figure, place):
    python, after_a_step, pages = figure
    firefox.open(pages[place])
    firefox.wait_for(f"{PICTURE}?.width > 300")
    firefox.wait_for(COLOURS)
    assert firefox.ask(SAID) == python.sentence()
    before = firefox.ask(f"{PICTURE}.toDataURL()")
    firefox.ask(f"{PICTURE}.focus()")
    firefox.press("ArrowRight")
    firefox.wait_for(f"{SAID} === {after_a_step!r}")
    firefox.wait_for(f"{PICTURE}.toDataURL() !== {before!r}")
    own = urlparse(pages[place]).netloc
    # Firefox tells of what goes to the network; a page from disk has no business there.
    asked = [urlparse(address) for address in firefox.asked]
    assert {address.netloc for address in asked if address.scheme not in ("data", "blob")} <= {own}
    assert (pages[place] in firefox.asked) is (place == "http")
    assert firefox.troubles == []


def test_what_a_page_asks_elsewhere_and_complains_of_is_heard(firefox, tmp_path, free_port):
    page, elsewhere = tmp_path / "page.html", f"http://127.0.0.1:{free_port}/x"
    page.write_text(f'<img src="{elsewhere}"><script>nothing.there</script>', "utf-8")
    firefox.open(page.as_uri())
    firefox.wait_for("document.images[0].complete")
    assert firefox.asked == [elsewhere]
    assert any("nothing is not defined" in text for text in firefox.troubles)
