"""The figures' Python: what they refuse, what they say, how they are built."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.widgets import AttentionHeads, page, style
from paperclub.widgets.arrays import quantise
from paperclub.widgets.lint import lint_module, lint_notebook

WIDGETS = paths.ROOT / "paperclub" / "widgets"
BUILT = sorted(path for path in (WIDGETS / "dist").rglob("*") if path.is_file())


def weights(examples=2, heads=3, queries=5, keys=5, seed=0):
    scores = np.random.default_rng(seed).normal(size=(examples, heads, queries, keys))
    return np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def tokens(examples=2, count=5):
    return [[f"t{i}" for i in range(count)] for _ in range(examples)]


def figure(**changes):
    return AttentionHeads(weights(), tokens(), **changes)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: AttentionHeads(weights()[0], tokens()), r"3 dimensions .*\(example, head, query"),
        (lambda: AttentionHeads(weights() * 0.5, tokens()), r"weights\[0, 0, 0\] sums to 0\.5"),
        (lambda: AttentionHeads(weights() * 3 - 1, tokens()), "scores before the softmax"),
        (lambda: AttentionHeads(weights().swapaxes(2, 3), tokens()), "softmax over the last axis"),
        (lambda: AttentionHeads(weights() * np.nan, tokens()), "not finite"),
        (lambda: AttentionHeads([[1, 2], [3]], tokens()), "not an array of numbers"),
        (lambda: AttentionHeads(weights()[:0], []), "is empty"),
        (
            lambda: AttentionHeads(weights(keys=65, queries=5), tokens(2, 65)),
            "65 keys.* at most 64",
        ),
        (lambda: AttentionHeads(weights(9), tokens(9)), "9 examples; .* at most 8"),
        (lambda: AttentionHeads(weights(heads=17), tokens()), "17 heads; .* at most 16"),
        (lambda: AttentionHeads(weights(), tokens(3)), "for 3 examples, weights for 2"),
        (lambda: AttentionHeads(weights(), tokens(2, 4)), r"tokens\[0\] has 4 names"),
        (lambda: AttentionHeads(weights(), ["abcde", "abcde"]), "a list of strings is expected"),
        (lambda: AttentionHeads(weights(queries=1), tokens()), "name the queries too"),
        (lambda: figure(answers=[1]), "1 entries for 2 examples"),
        (lambda: figure(answers=[1, 5]), r"answers\[1\] is 5; positions run from 0 to 4"),
        (lambda: figure(titles=["one"]), "1 entries for 2 examples"),
        (lambda: figure(compare={"a": weights(), "b": weights()}), "one control"),
        (lambda: figure(compare={"flat": weights(1)}), "shape .*weights"),
        (lambda: figure(compare={"flat": weights() / 2}), r"compare\['flat'\]\[0, 0, 0\] sums"),
    ],
)
def test_wrong_input_is_refused_with_what_would_be_right(given, message):
    with pytest.raises(CourseError, match=message):
        given()


def test_quantised_weights_are_within_half_a_step():
    exact = weights(8, 16, 64, 64)
    assert np.abs(quantise(exact) / 255 - exact).max() <= 0.5 / 255 + 1e-12


def test_a_tensor_gives_the_same_figure_as_an_array():
    torch = pytest.importorskip("torch")
    given = torch.tensor(weights(), requires_grad=True)
    assert AttentionHeads(given, tokens()).weights == figure().weights


def test_a_figure_opens_at_the_last_query_in_the_sharpest_head():
    given = np.full((1, 3, 4, 4), 0.25)
    given[0, 1, 3] = [0, 1, 0, 0]
    opened = AttentionHeads(given, tokens(1, 4), answers=[1])
    assert (opened.head, opened.query) == (1, 3)
    assert opened.sentence() == (
        "In example 1, head 2, the query “t3” puts 1.00 of its weight on “t1” (position 2), "
        "where the answer is."
    )


def test_the_sentence_names_the_answer_when_the_weight_is_elsewhere():
    given = np.full((1, 1, 2, 2), 0.5)
    given[0, 0, 1] = [0.2, 0.8]
    shown = AttentionHeads(given, [["a1", "a?"]], answers=[0], compare={"flat": given * 0 + 0.5})
    assert shown.sentence() == (
        "In example 1, head 1, the query “a?” puts 0.80 of its weight on “a?” (position 2) and "
        "0.20 on “a1” (position 1), where the answer is; the flat control puts 0.50 there."
    )
    assert shown.sentence(control=True).startswith("In example 1, head 1 of the flat control,")
    assert shown.sentence(query=0, key=1).endswith("its largest is 0.50 on “a1” (position 1).")
    assert repr(shown) == f"AttentionHeads: {shown.sentence()}"


def test_queries_may_be_fewer_than_keys():
    shown = AttentionHeads(weights(1, 1, 1, 5), tokens(1), queries=[["k?"]])
    assert "the query “k?”" in shown.sentence()


def test_a_saved_file_holds_no_address_and_no_open_markup(tmp_path):
    hostile = [["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>"]]
    shown = AttentionHeads(np.full((1, 1, 2, 2), 0.5), hostile, note="</p><b>")
    text = shown.save_html(tmp_path / "figure.html").read_text(encoding="utf-8")
    assert "<img" not in text and "alert(2)</script>" not in text
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_saving_says_what_is_wrong_with_the_path(tmp_path):
    with pytest.raises(CourseError, match=r"saved as an \.html file"):
        figure().save_html(tmp_path / "figure.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="could not be written"):
        figure().save_html(tmp_path / "file" / "figure.html")


def test_the_code_of_two_figures_is_kept_once():
    state = page.split_state(
        {
            name: {
                "model_module": "anywidget",
                "model_name": "AnyModel",
                "state": {"_esm": "export default {}", "layout": "IPY_MODEL_l", "x": name},
            }
            for name in ("one", "two")
        }
        | {"l": {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {}}}
    )
    assert len(state.code) == 1 and len(state.figures) == 2
    assert state.figures["one"]["state"] == {"x": "one"}
    assert state.plain == {}, "a page with figures only needs no widget manager"


def test_a_figure_inside_a_box_is_refused():
    widgets = pytest.importorskip("ipywidgets")
    from ipywidgets.embed import dependency_state

    box = widgets.VBox([figure()])
    with pytest.raises(CourseError, match="stands inside a VBoxModel"):
        page.split_state(dependency_state([box], drop_defaults=False))


@pytest.fixture
def plot():
    """Return a small plot in the house style, with two lines that end close to each other."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.use("agg")
        from matplotlib import pyplot

        style.use_house_style()
        drawn, axes = pyplot.subplots()
        axes.plot([1, 2], [0, 0.5], label="model")
        axes.plot([1, 2], [1, 0.5], label="<b> & control", **style.CONTROL_LINE)
        axes.set(xlabel="pairs", ylabel="recall", title="It recalls", ylim=(0, 1))
        style.label_ends(axes)
        yield drawn
        pyplot.close(drawn)


def test_a_plot_takes_its_ink_from_the_page_and_is_the_same_every_time(plot):
    first = style.svg(plot)
    assert first == style.svg(plot)
    assert "currentColor" in first and "var(--pc-model" in first and "var(--pc-control" in first
    assert not re.search("#2b2b2b|#0072b2;", first, re.IGNORECASE)
    opening = first[: first.index(">")]
    assert 'aria-label="Plot. It recalls. recall against pairs. model, &lt;b&gt; &amp;' in opening
    names = re.findall(r'id="([^"]+)"', first)
    assert not [name for name in names if re.fullmatch(r"[a-z0-9]+_\d+", name)]


def test_names_at_the_ends_of_lines_do_not_touch(plot):
    [axes] = plot.get_axes()
    plot.canvas.draw()
    # The letters alone, without the line that leads from a name that was moved.
    low, high = sorted((Text.get_window_extent(text) for text in axes.texts), key=lambda at: at.y0)
    assert high.y0 >= low.y1


def test_a_moved_name_is_led_to_its_own_line(plot):
    [axes] = plot.get_axes()
    plot.canvas.draw()
    led = {text.get_text(): text.arrow_patch for text in axes.texts}
    assert led["model"] is None, "it stands at its line"
    assert led["<b> & control"] is not None
    end = led["<b> & control"].get_path().vertices[-1]
    assert end[1] == pytest.approx(axes.transData.transform((2, 0.5))[1], abs=2)


def test_a_name_stands_at_the_height_of_its_line(plot):
    axes = plot.add_subplot()
    axes.plot([1, 2, 3], [10, 20, 30], label="model")
    style.label_ends(axes)
    assert 0.8 < axes.texts[0].xy[1] <= 1


@pytest.mark.parametrize("path", sorted(paths.ROOT.glob("*/*.ipynb")), ids=lambda path: path.name)
def test_no_notebook_needs_a_kernel_to_be_true(path):
    assert lint_notebook(path) == []


@pytest.mark.parametrize(
    ("cell", "caught"),
    [
        ("from ipywidgets import interact\ninteract(f, x=3)", ["interact"]),
        ("@widgets.interact(x=3)\ndef f(x): ...", ["interact"]),
        ("%matplotlib inline\nslider.observe(f, 'value')", ["observe"]),
        ("%%time\ninteract(f)", ["interact"]),
        ("def f(:\n    interact(f)", ["interact"]),
        ("# lesson does not depend on this:\nslider.observe(f)", ["observe"]),
        ("# lesson does not depend on this: it logs clicks\nslider.observe(f)", []),
        ("# interact is a word\nobserved = 'interact'\nprint(observed)", []),
    ],
)
def test_a_cell_that_needs_a_kernel_is_caught_unless_it_says_why(tmp_path, cell, caught):
    write(new_notebook(cells=[new_code_cell(cell)]), tmp_path / "chapter.ipynb")
    found = lint_notebook(tmp_path / "chapter.ipynb")
    assert len(found) == len(caught)
    assert all(f"cell 1: {name}" in text for name, text in zip(caught, found, strict=True))


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(WIDGETS.rglob("*")) if path.suffix in {".js", ".css"}
     and "node_modules" not in path.parts],
    ids=lambda path: path.relative_to(WIDGETS).as_posix(),
)  # fmt: skip
def test_no_module_loads_from_another_host(path):
    assert lint_module(path) == []


@pytest.mark.parametrize(
    "code",
    [
        'import * as d3 from "https://esm.sh/d3@7";',
        'const at = "https://cdn.example.org/x.js"; import(at);',
        "fetch(`//cdn.example.org/data.json`)",
        '@import url("http://fonts.example.org/css");',
    ],
)
def test_a_module_from_another_host_is_caught(tmp_path, code):
    (tmp_path / "bad.js").write_text(f"// a module\n{code}\n", encoding="utf-8")
    assert len(lint_module(tmp_path / "bad.js")) == 1
    assert "bad.js, line 2" in lint_module(tmp_path / "bad.js")[0]


def run_node(*words: str) -> subprocess.CompletedProcess:
    """Run node or npm in the figures' folder."""
    program = shutil.which(words[0])
    if program is None:
        pytest.skip(f"{words[0]} is not on this machine: JavaScript is not tested")
    return subprocess.run(
        [program, *words[1:]],
        cwd=WIDGETS,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def modules() -> None:
    """Install the pinned npm packages, unless those that the lock file names are there."""
    lock = json.loads((WIDGETS / "package-lock.json").read_text("utf-8"))
    marker = WIDGETS / "node_modules" / ".package-lock.json"
    if marker.is_file():
        there = json.loads(marker.read_text("utf-8"))["packages"]
        wanted = {name: entry for name, entry in lock["packages"].items() if name}
        if all(there.get(name, {}).get("version") == entry["version"]
               for name, entry in wanted.items() if not entry.get("optional")):  # fmt: skip
            return
    done = run_node("npm", "ci", "--no-audit", "--no-fund")
    if done.returncode:
        pytest.skip(f"npm could not install the pinned packages: {done.stderr[-300:]}")


@pytest.mark.parametrize("check", ["lint", "types"])
def test_our_scripts_pass(modules, check):
    done = run_node("npm", "run", "--silent", check)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_javascript_logic(modules):
    done = run_node("node", "--test", "test/")
    assert done.returncode == 0, done.stdout[-3000:]


def test_committed_modules_equal_a_fresh_build(modules, tmp_path):
    done = run_node("node", "build.mjs", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    fresh = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(fresh) == {path.relative_to(WIDGETS / "dist") for path in BUILT}
    for name, path in fresh.items():
        assert (WIDGETS / "dist" / name).read_bytes() == path.read_bytes(), (
            f"{name.as_posix()} is not what its sources give: run `npm run build` there"
        )


def test_vendored_files_equal_their_packages(modules, tmp_path):
    done = run_node("node", "vendor.mjs", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    fresh = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    folders = (paths.ROOT / "book" / "static" / "vendor", paths.ROOT / "tests" / "vendor")
    kept = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert fresh == {path.relative_to(paths.ROOT) for path in kept}
    assert all((tmp_path / name).read_bytes() == (paths.ROOT / name).read_bytes() for name in fresh)


def test_the_lock_file_names_no_registry():
    text = (WIDGETS / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_no_built_file_is_heavy(path: Path):
    assert path.stat().st_size < 1_500_000
