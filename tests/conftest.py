"""What tests of several files share, made once for all of them."""

import pytest
from projects import CHART, SENTENCE, built, made_once


@pytest.fixture(scope="session")
def project_with_a_sentence(tmp_path_factory):
    """A project with an edition in both languages. It is not to be changed."""
    return made_once(tmp_path_factory, "sentence", lambda it: built(it, SENTENCE, "zh en"))


@pytest.fixture(scope="session")
def project_with_a_chart(tmp_path_factory):
    """A project with an edition in English that has a chart. It is not to be changed."""
    source = CHART.format("first")
    return made_once(tmp_path_factory, "chart", lambda it: built(it, source, "en"))
