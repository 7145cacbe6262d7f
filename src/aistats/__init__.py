"""Dated AI-industry events to charts and trend statements that can be trusted.

One way for the data: read, validate, count, trend, chart, report. The public names stand in
``__init__.pyi``. Importing the package does no work: each name loads its module, and what that
needs, when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
