"""The attention explorer where readers meet it, with saved sentences and with typed ones."""

import re
from urllib.parse import quote

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE

from paperclub.widgets import AttentionExplorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SENTENCES = ["To be, or not to be, that is the question.", "My lord, the king is dead.", HOSTILE]
MAKE = f"""
from paperclub.widgets import AttentionExplorer
AttentionExplorer({SENTENCES!r}, layer=1, head=3)
"""
GIVEN = """
from types import SimpleNamespace
import torch
from paperclub.widgets import AttentionExplorer

torch.manual_seed(0)
layers = [torch.randn(1, 4, 5, 5).softmax(-1) for _ in range(3)]

class Words:
    def __call__(self, text, return_tensors):
        return {"input_ids": torch.arange(5)[None]}

    def convert_ids_to_tokens(self, ids):
        return [f"w{i}" for i in ids]

def model(input_ids, output_attentions):
    return SimpleNamespace(attentions=layers)

AttentionExplorer.from_transformers(model, Words(), "five words stand in here")
"""
TYPED = [
    "",
    " ",
    "<img src=x onerror=alert(1)>",
    "</script><b>bold",
    "Wherefore art thou",
    "naïve façade 😀👩‍👩‍👧 Привет 你好",
    "a" * 90,
    "the king " * 60,
    "tab\tand\nline",
    "\u202eright to left",
]


@pytest.fixture(scope="module")
def python():
    return AttentionExplorer(SENTENCES, layer=1, head=3)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    cells = {
        "figure": ("# The explorer", MAKE),
        "two": ("# Twice", MAKE, MAKE),
        "given": ("# A model of one's own", GIVEN),
    }
    return build_figure_book(tmp_path_factory.mktemp("explorer"), cells)


@pytest.fixture(scope="module")
def addresses(book, python, tmp_path_factory):
    with places(book, python, tmp_path_factory) as where:
        yield where


def explorer_on(watched, awake=True):
    figure = figure_on(watched)
    if awake:
        expect(field(figure)).to_be_enabled()
    return figure


def field(figure):
    return figure.locator("textarea")


def picture(figure):
    return figure.locator("canvas.pc-picture")


def heads(figure):
    return figure.get_by_role("radio", name=re.compile("^layer "))


def see(figure, view: str):
    figure.get_by_role("radio", name=view, exact=True).check(force=True)


def unfold(figure):
    figure.get_by_role("button", name="more").click()


@pytest.mark.parametrize("place", PLACES)
def test_first_picture_needs_no_model_and_says_what_pytorch_says(visit, place, python):
    figure = explorer_on(visit(place))
    assert said(figure) == python.sentence()
    picture(figure).press("Home")
    for query in range(len(python.sentences[0]["tokens"])):
        assert said(figure) == python.sentence(query=query)
        picture(figure).press("ArrowDown")


def late_scripts(book) -> list:
    """Return the scripts that bring late data."""
    scripts = (book / "_static" / "figures").glob("*.js")
    return [path for path in scripts if "paperclubData" in path.read_text("utf-8")[:40]]


def test_saved_sentences_are_shown_while_the_model_is_away(browser, addresses, book, python):
    page = browser.new_page()
    [model] = late_scripts(book)
    page.route(f"**/{model.name}*", lambda route: None)
    # At rest the page waits for its model, which never comes.
    page.goto(addresses["http"] + "figure.html", wait_until="domcontentloaded")
    expect(page.locator(".pc-sentence")).to_have_text(python.sentence())
    assert page.locator("textarea").is_disabled()
    first = pixels(page.locator(".pc-figure"))
    page.locator("canvas.pc-picture").press("ArrowUp")
    assert pixels(page.locator(".pc-figure")) != first
    expect(page.locator(".pc-sentence")).to_have_text(python.sentence(query=python.query - 1))
    page.context.close()


def test_a_model_that_does_not_arrive_is_said(browser, addresses, book):
    [model] = late_scripts(book)
    page = browser.new_page()
    page.route(f"**/{model.name}*", lambda route: route.abort())
    page.goto(addresses["http"] + "figure.html")
    expect(page.locator(".pc-sentence")).to_contain_text("The model did not arrive")
    page.context.close()


def test_code_and_model_lie_beside_the_pages_once(visit, book):
    [model] = late_scripts(book)
    assert model.stat().st_size <= 2_000_000
    assert (book / "two.html").stat().st_size < 400_000
    asked = visit("http", "two.html")
    explorer_on(asked)
    assert sum(model.name in path for path in asked.asked) == 1


@pytest.mark.parametrize("place", PLACES)
def test_typed_text_gives_what_pytorch_gives(visit, place, python):
    watched = visit(place)
    figure = explorer_on(watched)
    for text in TYPED:
        field(figure).fill(text)
        last = len(look(text)["tokens"]) - 1
        expect(figure.locator(".pc-sentence")).to_have_text(python.sentence(text=text, query=last))
    assert figure.locator("img").count() == 0
    assert watched.page.locator("b").count() == 0


def look(text: str) -> dict:
    from paperclub.widgets.looks import look_at

    return {"tokens": look_at("tiny-gpt", text).tokens}


def test_letters_are_typed_one_by_one_and_none_is_lost(visit, python):
    watched = visit()
    figure = explorer_on(watched)
    field(figure).fill("")
    field(figure).press_sequentially("axb, my lord?")
    assert field(figure).input_value() == "axb, my lord?"
    last = len(look("axb, my lord?")["tokens"]) - 1
    expect(figure.locator(".pc-sentence")).to_have_text(
        python.sentence(text="axb, my lord?", query=last)
    )


TYPE_AND_PRESS = """(figure, [text, key]) => {
  const field = figure.querySelector("textarea");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  figure.querySelector("canvas.pc-picture").dispatchEvent(press);
}"""


def test_a_key_at_once_after_a_letter_chooses_in_what_was_typed(visit, python):
    figure = explorer_on(visit())
    text = "My lord, what say you?"
    figure.evaluate(TYPE_AND_PRESS, [text, "ArrowUp"])
    expected = python.sentence(text=text, query=len(look(text)["tokens"]) - 2)
    assert said(figure) == expected
    figure.page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert said(figure) == expected, "what was typed is not chosen a second time"


def test_every_view_draws_and_keys_move_the_choice(visit, python):
    figure = explorer_on(visit())
    drawn = set()
    for view in ("map", "lines", "row", "product"):
        see(figure, view)
        before = pixels(figure)
        picture(figure).press("ArrowLeft")
        assert pixels(figure) != before
        drawn |= {before, pixels(figure)}
        picture(figure).press("Escape")
    assert len(drawn) == 8
    last = len(python.sentences[0]["tokens"]) - 1
    picture(figure).press("ArrowLeft")
    assert said(figure) == python.sentence(key=last)
    picture(figure).press("ArrowUp")
    assert said(figure) == python.sentence(query=python.query - 1)
    picture(figure).press("End")
    assert said(figure) == python.sentence(query=last)


def test_heads_are_chosen_by_click_and_by_arrow_keys(visit, python):
    figure = explorer_on(visit())
    layers, count = python.shape
    expect(heads(figure)).to_have_count(layers * count)
    heads(figure).nth(count + 2).check(force=True)
    assert said(figure) == python.sentence(layer=1, head=2)
    heads(figure).nth(count + 2).press("ArrowUp")
    assert said(figure) == python.sentence(layer=0, head=2)
    heads(figure).nth(2).press("ArrowRight")
    assert said(figure) == python.sentence(layer=0, head=3)


def test_switching_heads_off_changes_the_prediction_as_in_pytorch(visit, python):
    watched = visit()
    figure = explorer_on(watched)
    before = pixels(figure)
    heads(figure).nth(0).click(modifiers=["Shift"], force=True)
    assert said(figure) == python.sentence(off=[(0, 0)])
    picture(figure).press("x")
    assert said(figure) == python.sentence(off=[(0, 0), (1, 3)])
    assert pixels(figure) != before
    unfold(figure)
    figure.get_by_role("button", name="switch this head on").click()
    assert said(figure) == python.sentence(off=[(0, 0)])
    figure.get_by_role("button", name="switch this head off").click()
    figure.get_by_role("button", name="switch all on").click()
    assert said(figure) == python.sentence()


def test_compared_with_another_head_and_with_the_untrained_model(visit, python):
    figure = explorer_on(visit())
    unfold(figure)
    compared = figure.get_by_label("compare with")
    drawn = {pixels(figure)}
    compared.select_option("compare with untrained")
    assert said(figure) == python.sentence(compare="untrained")
    drawn.add(pixels(figure))
    compared.select_option("compare with layer 2, head 1")
    assert said(figure) == python.sentence(compare=(1, 0))
    drawn.add(pixels(figure))
    for view in ("lines", "row"):
        see(figure, view)
        compared.select_option("compare with nothing")
        alone = pixels(figure)
        compared.select_option("compare with untrained")
        assert pixels(figure) != alone
    compared.select_option("compare with nothing")
    assert said(figure) == python.sentence()
    assert len(drawn) == 3


def test_temperature_and_example_sentences(visit, python):
    figure = explorer_on(visit())
    unfold(figure)
    figure.get_by_label("temperature").fill("0.4")
    assert said(figure) == python.sentence(temperature=0.4)
    figure.get_by_label("temperature").fill("1")
    figure.get_by_label("an example sentence").select_option(index=3)
    last = len(look(HOSTILE)["tokens"]) - 1
    assert said(figure) == python.sentence(text=HOSTILE, query=last)
    assert figure.locator("img").count() == 0


@pytest.mark.parametrize("place", PLACES)
def test_address_keeps_sentence_layer_head_and_token(visit, place, python):
    watched = visit(place)
    figure = explorer_on(watched)
    assert "#" not in watched.page.url, "nothing is written before the reader chose something"
    field(figure).fill("What say you, my lord?")
    heads(figure).nth(1).check(force=True)
    picture(figure).press("ArrowUp")
    last = len(look("What say you, my lord?")["tokens"]) - 1
    expected = python.sentence(text="What say you, my lord?", layer=0, head=1, query=last - 1)
    expect(figure.locator(".pc-sentence")).to_have_text(expected)
    expect(watched.page).to_have_url(re.compile(f"sentence=What.*head=2&token={last}$"))
    name = "figure.html#" + watched.page.url.split("#")[1]
    again = explorer_on(visit(place, name))
    expect(again.locator(".pc-sentence")).to_have_text(expected)


def test_address_with_markup_or_nonsense_does_no_harm(visit, python):
    watched = visit("http", f"figure.html#sentence={quote(HOSTILE)}&layer=1&head=1&token=2")
    figure = explorer_on(watched)
    expect(figure.locator(".pc-sentence")).to_have_text(
        python.sentence(text=HOSTILE, layer=0, head=0, query=1)
    )
    assert figure.locator("img").count() == 0
    other = explorer_on(visit("http", "figure.html#sentence=a&layer=99"))
    assert said(other) == python.sentence()
    beyond = explorer_on(visit("http", f"figure.html#sentence={quote(SENTENCES[0])}&token=64"))
    expect(beyond.locator(".pc-sentence")).to_have_text(
        python.sentence(layer=0, head=0, query=len(python.sentences[0]["tokens"]) - 1)
    )


def test_only_the_first_explorer_of_a_page_keeps_its_choice_in_the_address(visit):
    watched = visit("http", "two.html")
    explorer_on(watched)
    figures = watched.page.locator(".pc-figure")
    expect(figures.nth(1).locator("textarea")).to_be_enabled()
    figures.nth(1).locator("textarea").fill("mine")
    expect(figures.nth(1).locator(".pc-sentence")).to_contain_text("In layer")
    watched.page.wait_for_timeout(500)  # the other writes once the reader pauses
    assert "#" not in watched.page.url
    figures.nth(0).locator("textarea").fill("his")
    expect(watched.page).to_have_url(re.compile("#.*sentence=his"))


def test_pointing_shows_and_a_click_keeps(visit, python):
    watched = visit()
    figure = explorer_on(watched)
    see(figure, "lines")
    box = picture(figure).bounding_box()
    x, y = box["x"] + box["width"] * 0.65, box["y"] + box["height"] * 0.5
    watched.page.mouse.move(x, y)
    assert said(figure) != python.sentence()
    pointed = said(figure)
    watched.page.mouse.move(x, box["y"] - 40)
    assert said(figure) == python.sentence(), "pointing is not choosing"
    watched.page.mouse.click(x, y)
    watched.page.mouse.move(0, 0)
    assert said(figure) == pointed


@pytest.mark.parametrize("place", ["http", "file"])
def test_a_model_of_ones_own_cannot_be_typed_to_and_says_why(visit, place):
    names: dict = {}
    *before, last = GIVEN.strip().splitlines()
    exec("\n".join(before), names)
    python = eval(last, names)
    figure = explorer_on(visit(place, "given.html"), awake=False)
    assert said(figure) == python.sentence()
    expect(field(figure)).to_be_disabled()
    expect(figure).to_contain_text("call from_transformers again")
    drawn = set()
    for view in ("map", "lines", "row", "product"):
        see(figure, view)
        drawn.add(pixels(figure))
    assert len(drawn) == 4
    heads(figure).nth(0).check(force=True)
    assert said(figure) == python.sentence(layer=0, head=0)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("place", ["http", "alone"])
def test_full_screen_holds_picture_and_controls_together(visit, place, size):
    watched = visit(place, viewport={"width": size[0], "height": size[1]})
    figure = explorer_on(watched)
    unfold(figure)
    figure.get_by_role("button", name="Fill the screen").click()
    expect(watched.page.locator(":fullscreen")).to_have_count(1)
    expect(figure).to_have_class(re.compile("pc-large"))
    pixels(figure)
    assert figure.evaluate("(root) => root.scrollHeight - root.clientHeight") <= 0
    for part in ["textarea", "canvas.pc-picture", ".pc-words", ".pc-more", ".pc-sentence"]:
        box = figure.locator(part).first.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]


@pytest.mark.parametrize("place", PLACES)
def test_phone_scrolls_only_downwards(visit, place):
    watched = visit(place, viewport=PHONE, has_touch=True, is_mobile=True)
    figure = explorer_on(watched)
    unfold(figure)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for target in figure.locator("button:visible, select, textarea, .pc-words .pc-face").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    heads(figure).nth(0).tap(force=True)
    assert said(figure).startswith("In layer 1, head 1")


def test_less_motion_theme_and_saving(visit, tmp_path):
    watched = visit(color_scheme="light", reduced_motion="reduce")
    figure = explorer_on(watched)
    light = pixels(figure)
    watched.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(figure).to_have_class(re.compile("pc-dark"))
    assert pixels(figure) != light
    with watched.page.expect_download() as download:
        figure.get_by_role("button", name="Save as a PNG").click()
    download.value.save_as(tmp_path / "figure.png")
    assert download.value.suggested_filename == "attention-explorer.png"
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 900)])
def test_the_explorer_leaves_the_reader_room(visit, size):
    figure = explorer_on(visit(viewport={"width": size[0], "height": size[1]}))
    pixels(figure)
    assert figure.bounding_box()["height"] <= 0.7 * size[1] + 1


def test_every_control_is_reached_by_tab_with_visible_focus(visit):
    watched = visit()
    figure = explorer_on(watched)
    unfold(figure)
    figure.evaluate("(root) => { root.tabIndex = -1; root.focus(); }")
    reached = []
    for _ in range(12):
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
    kinds = [kind for kind, _ in reached]
    assert kinds[:4] == ["textarea", "radio", "CANVAS", "radio"]
    assert {"button", "select-one", "range"} <= set(kinds)
    assert {width for _, width in reached} == {"3px"}
