"""How many examples a property test draws: a fifth in `make test`, all of them in CI."""

from hypothesis import settings

SHARE = settings.default.max_examples / settings.get_profile("default").max_examples
"""That of the profile in use; see `conftest.py`."""


def examples(number):
    """Return the share of a number of examples that is to be drawn, of a few at least four."""
    return max(round(number * SHARE), min(number, 4))
