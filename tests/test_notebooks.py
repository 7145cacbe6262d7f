"""What nbval takes for granted: that the notebooks were run, and have the shape of all of them.

Those of editions show exhibits; the examples beside them are for whoever brings another table.
"""

import re

import nbformat
import pytest

from aistats.editions.inputs import find_notebooks
from aistats.editions.notebooks import run_in_place

NOTEBOOKS = find_notebooks()
EXAMPLES = sorted((NOTEBOOKS[0].parent / "examples").glob("*.ipynb"))


@pytest.fixture(params=[*NOTEBOOKS, *EXAMPLES], ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_code_cell_was_run_in_order_and_printed_nothing(notebook):
    counts = [cell.execution_count for cell in code_of(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output.output_type for cell in code_of(notebook) for output in cell.outputs}
    assert kinds <= {"display_data", "execute_result"}


def test_one_typed_and_commented_parameters_cell(notebook):
    (cell,) = (cell for cell in code_of(notebook) if "parameters" in cell.metadata.get("tags", []))
    assert all(re.fullmatch(r"\w+: \w+ = .+  # .+", line) for line in cell.source.splitlines())


def test_prose_comes_in_pairs(notebook):
    tags = [cell.metadata.tags for cell in notebook.cells if cell.cell_type == "markdown"]
    assert tags == [["zh"], ["en"]] * (len(tags) // 2)


def test_no_logic_hides_in_a_notebook(notebook):
    source = "\n".join(cell.source for cell in code_of(notebook))
    assert not re.search(
        r"^\s*(def|for|while|class|if)\b|sys\.path|os\.environ", source, re.MULTILINE
    )


def test_every_exhibit_is_a_figure_with_alt_text_and_a_table():
    seen = []
    for path in NOTEBOOKS:
        outputs = [o for c in code_of(nbformat.read(path, 4)) for o in c.outputs]
        named = [o.metadata.aistats for o in outputs if "name" in o.metadata.get("aistats", {})]
        figures = [item.name for item in named if item.kind == "figure"]
        assert figures == [item.name for item in named if item.kind == "table"]
        seen += figures
        alts = [o.metadata["image/png"].alt for o in outputs if "image/png" in o.data]
        assert len(alts) == len(figures)
        assert all(len(alt) > 10 for alt in alts)
    assert len(seen) == len(set(seen)) > 0


def test_an_example_goes_from_a_table_to_a_chart_in_five_lines():
    for path in EXAMPLES:
        cells = [c for c in code_of(nbformat.read(path, 4)) if "read_events(" in c.source]
        tables = {re.search(r'"([^"]+\.csv)"', cell.source)[1] for cell in cells}
        assert tables == {it.name for it in path.parent.glob("*.csv")}
        for cell in cells:
            assert len(cell.source.splitlines()) <= 5
            assert any("image/png" in output.data for output in cell.outputs)
    assert EXAMPLES


def test_examples_are_in_no_edition():
    assert not set(EXAMPLES) & set(find_notebooks(NOTEBOOKS[0].parent))


def test_examples_are_run_in_place_with_the_notebooks_of_editions(tmp_path):
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/cell.txt").write_text("kept")
    for path, source in {"1-one": "1 + 1", "examples/two": "open('cell.txt').read()"}.items():
        cells = [nbformat.v4.new_code_cell(source)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{path}.ipynb")

    ran = run_in_place(tmp_path)

    assert [path.stem for path in ran] == ["1-one", "two"]
    shown = [nbformat.read(path, 4).cells[0].outputs[0].data["text/plain"] for path in ran]
    assert shown == ["2", "'kept'"]
