"""Calls that a type checker must reject: each ignored error is one that mypy has to find.

`make check` reads this file, and fails where an error is missing. It is never run.
"""

import pandas as pd

import aistats as ai

TABLE = pd.DataFrame()

ai.count_events(TABLE, period="mnoth")  # type: ignore[arg-type]
ai.count_files("e.csv", period="weeks", dates="ymd")  # type: ignore[arg-type]
ai.read_events("e.csv", dates="dmYY")  # type: ignore[arg-type]
ai.plot_periods(TABLE, language="cn")  # type: ignore[arg-type]
ai.describe_largest(TABLE, "fr")  # type: ignore[arg-type]
ai.use_language("EN")  # type: ignore[arg-type]
ai.count_event(TABLE)  # type: ignore[attr-defined]

ai.count_events(TABLE, period="month")
ai.use_language("en")
version: str = ai.__version__
