"""The figures where readers meet them: a page over http, a page from disk, a file of their own."""

import itertools

import pytest
from figure_book import HEADS, build_figure_book
from figure_places import PHONE, PLACES, drawn, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return build_figure_book(tmp_path_factory.mktemp("figures"), with_kernels=True)


@pytest.fixture(scope="module")
def addresses(book, tmp_path_factory):
    with places(book, HEADS.figure(), tmp_path_factory) as where:
        yield where


@pytest.mark.parametrize("place", PLACES)
def test_figure_is_drawn_and_says_what_python_says(visit, place):
    figure = figure_on(visit(place))
    colours = figure.evaluate(
        """(root) => {
            const picture = root.querySelector('canvas.pc-picture');
            const { width, height } = picture;
            const { data } = picture.getContext('2d').getImageData(0, 0, width, height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 50, "a blank canvas has one"
    assert said(figure) == HEADS.figure().sentence()


@pytest.mark.parametrize("place", PLACES)
def test_keys_move_the_choice_and_the_sentence_follows(visit, place):
    figure, python = figure_on(visit(place)), HEADS.figure()
    picture = figure.locator("canvas.pc-picture")
    head, last = python.head, python.query
    picture.focus()
    first = pixels(figure)
    picture.press("ArrowRight")
    second = pixels(figure)
    assert second != first
    assert said(figure) == python.sentence(0, head, last, key=0)
    picture.press("ArrowUp")
    assert pixels(figure) != second
    assert said(figure) == python.sentence(0, head, last - 1)
    for key, query in [("Home", 0), ("ArrowUp", 0), ("ArrowDown", 1), ("End", last)]:
        picture.press(key)
        assert said(figure) == python.sentence(0, head, query)


EVERY_CHOICE = """
(root) => {
  const picture = root.querySelector('canvas.pc-picture');
  const example = root.querySelector('select');
  const heads = root.querySelectorAll('.pc-pictures input');
  const sets = root.querySelectorAll('.pc-words input');
  const press = (key) => picture.dispatchEvent(new KeyboardEvent('keydown', { key }));
  const said = [];
  for (let e = 0; e < 2; e += 1) {
    example.value = e;
    example.dispatchEvent(new Event('change'));
    for (const head of heads) {
      head.click();
      for (const set of sets) {
        set.click();
        press('Home');
        for (let query = 0; query < 17; query += 1) {
          said.push(root.querySelector('.pc-sentence').textContent);
          press('ArrowDown');
        }
      }
    }
  }
  return said;
}
"""


def test_every_choice_says_what_python_says(visit):
    figure, python = figure_on(visit()), HEADS.figure()
    choices = itertools.product(range(2), range(4), (False, True), range(17))
    expected = [python.sentence(e, h, q, control=control) for e, h, control, q in choices]
    assert figure.evaluate(EVERY_CHOICE) == expected
    assert len(set(expected)) == len(expected)


def test_pointer_shows_a_row_and_a_click_keeps_it(visit):
    watched = visit()
    figure, python = figure_on(watched), HEADS.figure()
    picture = figure.locator("canvas.pc-picture")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    before = said(figure)
    watched.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    assert said(figure) != before
    expect(figure.locator(".pc-tooltip")).to_be_visible()
    watched.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] - 30)
    assert said(figure) == before, "pointing is not choosing"
    watched.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    watched.page.mouse.move(0, 0)
    assert said(figure) != before
    assert said(figure).startswith(f"In example 1, head {python.head + 1}, the query")


@pytest.mark.parametrize("place", PLACES)
def test_names_are_shown_as_characters(visit, place):
    figure = figure_on(visit(place))
    for _ in range(3):
        figure.locator("canvas.pc-picture").press("Home")
    for _ in range(3):
        figure.locator("canvas.pc-picture").press("ArrowDown")
    assert f"the query “{HOSTILE}” puts" in said(figure)
    assert HOSTILE in figure.locator("output").text_content()
    assert figure.locator("img").count() == 0


def test_every_control_is_reached_by_tab_with_visible_focus(visit):
    watched = visit()
    figure = figure_on(watched)
    figure.evaluate("(root) => { root.tabIndex = -1; root.focus(); }")
    reached = []
    for _ in range(7):
        watched.page.keyboard.press("Tab")
        reached.append(
            watched.page.evaluate(
                """() => {
                    const at = document.activeElement;
                    const ringed = at.type === 'radio' ? at.nextElementSibling : at;
                    const { outlineWidth, outlineStyle } = getComputedStyle(ringed);
                    return [at.type ?? at.tagName, outlineStyle === 'none' ? '0px' : outlineWidth];
                }"""
            )
        )
    kinds = ["radio", "CANVAS", "range", "select-one", "radio", "button", "button"]
    assert [kind for kind, _ in reached] == kinds
    assert {width for _, width in reached} == {"3px"}


@pytest.mark.parametrize(("wish", "at_once"), [("reduce", True), ("no-preference", False)])
def test_less_motion_is_no_motion(visit, wish, at_once):
    figure = figure_on(visit(reduced_motion=wish))
    pixels(figure)
    immediate = figure.evaluate(
        """(root) => {
            const picture = root.querySelector('canvas.pc-picture');
            picture.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp' }));
            return picture.toDataURL();
        }"""
    )
    assert (immediate == pixels(figure)) is at_once


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("place", ["http", "alone"])
def test_full_screen_holds_figure_and_controls_together(visit, place, size):
    watched = visit(place, viewport={"width": size[0], "height": size[1]})
    figure = figure_on(watched)
    figure.get_by_role("button", name="Fill the screen").click()
    expect(watched.page.locator(":fullscreen")).to_have_count(1)
    expect(figure).to_have_class("pc-figure pc-large")
    pixels(figure)
    assert figure.evaluate("(root) => root.scrollHeight - root.clientHeight") <= 0
    for part in [".pc-lead", "canvas.pc-picture", "input[type=range]", "select", ".pc-sentence"]:
        box = figure.locator(part).first.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    assert float(figure.evaluate("(root) => parseFloat(getComputedStyle(root).fontSize)")) >= 18


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_presented_figure_fits_the_screen_in_large_type(visit, size):
    watched = visit("file", "figure.html?present=1", viewport={"width": size[0], "height": size[1]})
    figure = figure_on(watched)
    expect(figure).to_have_class("pc-figure pc-large")
    pixels(figure)
    assert figure.bounding_box()["height"] <= size[1]


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 900)])
def test_figure_leaves_the_reader_room(visit, size):
    figure = figure_on(visit(viewport={"width": size[0], "height": size[1]}))
    pixels(figure)
    assert figure.bounding_box()["height"] <= 0.7 * size[1] + 1


@pytest.mark.parametrize("place", PLACES)
def test_phone_scrolls_only_downwards_and_can_be_touched(visit, place):
    watched = visit(place, viewport=PHONE, has_touch=True, is_mobile=True)
    figure = figure_on(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for target in figure.locator("button, select, .pc-face, input[type=range]").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    before = said(figure)
    box = figure.locator("canvas.pc-picture").bounding_box()
    figure.locator("canvas.pc-picture").tap(
        position={"x": box["width"] * 0.7, "y": box["height"] * 0.45}
    )
    assert said(figure) != before


def test_theme_of_the_page_is_followed(visit):
    watched = visit(color_scheme="light")
    figure = figure_on(watched)
    light = pixels(figure)
    watched.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(figure).to_have_class("pc-figure pc-dark")
    assert pixels(figure) != light


@pytest.mark.parametrize("place", PLACES)
def test_picture_is_saved_as_png(visit, place, tmp_path):
    watched = visit(place)
    figure = figure_on(watched)
    with watched.page.expect_download() as download:
        figure.get_by_role("button", name="Save as a PNG").click()
    download.value.save_as(tmp_path / "figure.png")
    assert download.value.suggested_filename == "attention-heads.png"
    content = (tmp_path / "figure.png").read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 5000


@pytest.mark.parametrize("place", ["http", "file"])
def test_mathematics_icons_and_plain_widgets_work(visit, place):
    watched = visit(place, "plain.html")
    slider = watched.page.locator(".widget-slider .noUi-handle")
    slider.focus()
    slider.press("ArrowRight")
    expect(watched.page.locator(".widget-readout")).to_have_text("4")
    expect(watched.page.locator(".widget-htmlmath-content mjx-container")).to_have_count(1)
    expect(watched.page.locator("p mjx-container")).to_have_count(1)
    watched.page.evaluate("document.fonts.ready.then(() => 0)")
    for font in ["900 16px 'Font Awesome 6 Free'", "16px MJXTEX-I"]:
        assert watched.page.evaluate("(font) => document.fonts.check(font)", font)


def test_pages_carry_only_what_they_show(visit, book):
    with_figure, with_plain, words = (
        visit("http", name).asked for name in ("figure.html", "plain.html", "words.html")
    )
    loaded = {name: [any(name in path for path in asked) for asked in
              (with_figure, with_plain, words)] for name in
              ("host.js", "/figures/", "plain-widgets.js", "mathjax")}  # fmt: skip
    assert loaded == {
        "host.js": [True, True, False],
        "/figures/": [True, False, False],
        "plain-widgets.js": [False, True, False],
        "mathjax": [True, True, False],
    }
    assert len(list((book / "_static" / "figures").glob("*.js"))) == 1, "once for two pages"
    assert "_esm" not in (book / "figure.html").read_text("utf-8")


MATHEMATICS = "**/tex-mml-chtml.js*"
COUNT = "document.querySelectorAll('p mjx-container').length"


def test_a_figure_stands_before_mathematics_is_asked_for(browser, addresses):
    page, held = browser.new_page(), []
    page.route(MATHEMATICS, lambda route: held.append(route))
    with page.expect_request(MATHEMATICS):
        page.goto(addresses["http"] + "figure.html", wait_until="commit")
    drawn(page)
    expect(page.locator("p mjx-container")).to_have_count(0)
    waited = page.evaluate("(globalThis.seen = MathJax.startup.promise) instanceof Promise")
    assert waited, "what waits for mathematics can wait from the first"
    held.pop().continue_()
    assert page.evaluate(f"seen.then(() => {COUNT})") == 1
    page.close()


@pytest.mark.parametrize("missing", [MATHEMATICS, "**/scripts/bootstrap.js*"])
def test_a_script_that_is_missing_holds_nothing_up(browser, addresses, missing):
    page = browser.new_page()
    page.route(missing, lambda route: route.abort())
    page.goto(addresses["http"] + "figure.html")
    drawn(page)
    expected = 0 if missing == MATHEMATICS else 1
    assert page.evaluate(f"MathJax.startup.promise.then(() => {COUNT})") == expected
    page.close()


def test_mathematics_comes_although_a_figure_cannot_be_drawn(browser, addresses):
    page = browser.new_page()
    page.route("**/_static/figures/*.js*", lambda route: route.abort())
    page.goto(addresses["http"] + "figure.html")
    expect(page.locator(".paperclub-figure")).to_contain_text("could not be drawn")
    assert page.evaluate(f"MathJax.startup.promise.then(() => {COUNT})") == 1
    page.close()


def test_a_page_in_a_tab_behind_waits_for_no_picture(browser, addresses):
    page = browser.new_page()
    page.add_init_script("""
        Object.defineProperty(document, 'hidden', { get: () => true });
        globalThis.requestAnimationFrame = () => 0;
    """)
    page.goto(addresses["http"] + "figure.html")
    expect(page.locator("p mjx-container")).to_have_count(1)
    page.close()


def test_a_page_is_dark_from_the_first_though_the_theme_comes_late(browser, addresses):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.route("**/scripts/*.js*", lambda route: route.abort())
    page.goto(addresses["http"] + "figure.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


@pytest.mark.parametrize("place", ["http", "file"])
def test_search_finds_a_page_with_no_network(visit, place):
    watched = visit(place, "search.html?q=words")
    expect(watched.page.locator("#search-results")).to_contain_text("Only words")


def test_policy_refuses_other_hosts(browser, addresses):
    page = browser.new_page()
    page.goto(addresses["http"] + "words.html")
    refused = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener('securitypolicyviolation', (event) => done(event.blockedURI));
            const script = document.createElement('script');
            script.src = 'https://cdn.example.org/x.js';
            document.head.append(script);
        })"""
    )
    page.context.close()
    assert refused == "https://cdn.example.org/x.js"


def test_missing_code_is_said_on_the_page(browser, book, tmp_path):
    text = (book / "figure.html").read_text("utf-8")
    broken = book / "broken.html"
    broken.write_text(text.replace("_static/figures/", "_static/nowhere/"), "utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    expect(page.locator(".paperclub-figure")).to_contain_text("This figure could not be drawn")
    page.context.close()
    broken.unlink()
