"""Forwards to `aistats.charts.style`, where this module has moved."""

import sys
import warnings

import aistats.charts.style as _moved

warnings.warn("aistats.style has moved: import aistats.charts.style", FutureWarning, stacklevel=2)
sys.modules[__name__] = _moved
