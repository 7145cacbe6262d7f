"""JSON from somebody else: any node of it replaced by a value of another type."""

import copy

from hypothesis import strategies as st

VALUES = (
    *(None, True, False, 0, 5, -1, 10**30, 1.5, "", "x", "../x", "["),
    *([], ["x"], [["x"]], [5], {}, {"x": 5}, {"name": ["x"]}),
)


def nodes(value, path=()):
    """Yield the path of every node below the root, as keys and indexes."""
    for key, below in items(value):
        yield (*path, key)
        yield from nodes(below, (*path, key))


def items(value):
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def replaced(document, path, value):
    """Return a document in which another value stands at a path."""
    changed = copy.deepcopy(document)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def spoilt(document):
    """Return the strategy of a document one node of which has another value."""
    return st.builds(
        replaced, st.just(document), st.sampled_from([*nodes(document)]), st.sampled_from(VALUES)
    )
