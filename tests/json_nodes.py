"""A JSON document with one value replaced by a value of any other type.

Tests of readers of JSON by others use `spoilt`: whatever stands anywhere in the document, it is
read or rejected.
"""

import copy

from hypothesis import strategies as st

VALUES = (
    *(None, True, False, 0, 5, -1, 10**30, 1.5, "", "x", "../x", "["),
    *([], ["x"], [["x"]], [5], {}, {"x": 5}, {"name": ["x"]}),
)


def nodes(value, path=()):
    """Yield the path of every node below the root, as keys and indexes."""
    for key, child in children(value):
        child_path = (*path, key)
        yield child_path
        yield from nodes(child, child_path)


def children(value):
    """Return the children of a node, each with its key or index."""
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return enumerate(value)
    return ()


def replaced(document, path, value):
    """Return a document in which another value stands at a path."""
    changed = copy.deepcopy(document)
    *parents, last = path
    parent = changed
    for key in parents:
        parent = parent[key]
    parent[last] = value
    return changed


def spoilt(document):
    """Return the strategy for a document in which one node has another value."""
    paths = list(nodes(document))
    return st.builds(
        replaced,
        st.just(document),
        st.sampled_from(paths),
        st.sampled_from(VALUES),
    )
