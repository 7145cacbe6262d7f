"""What nbval takes for granted: that the notebooks were run, and have the shape of all of them."""

import re

import nbformat
import pytest

from aistats.editions.inputs import find_notebooks

NOTEBOOKS = find_notebooks()


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
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
