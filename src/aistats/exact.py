"""Forwards to `aistats.trends.exact`, where this module has moved."""

import sys
import warnings

import aistats.trends.exact as _moved

warnings.warn("aistats.exact has moved: import aistats.trends.exact", FutureWarning, stacklevel=2)
sys.modules[__name__] = _moved
