"""How well reports of other shapes are drafted: held against rows that were written by hand.

For each report in a folder (`NAME.md` with `NAME.csv` beside it) it prints, and writes as CSV, how
many of the events were found, how many of those with a date have that date in the draft, and how
many dates in the draft are wrong: another date than stated, or a date where none is stated.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.importers.draft.reports import draft_reports

COUNTS = ["events", "found", "extra", "dated", "right", "wrong", "windows", "who"]


def same_days(one: str, other: str) -> bool:
    """Whether two EDTF texts allow the same days; two empty ones do."""
    return one == other or bool(one and other and parse_edtf(one) == parse_edtf(other))


def compare(report: Path) -> pd.DataFrame:
    """Return the expected and the drafted rows of a report side by side, matched by line."""
    expected = pd.read_csv(report.with_suffix(".csv"), dtype="str", keep_default_na=False)
    drafted = draft_reports(report).rows.fillna("")
    drafted["line"] = drafted["place"].str.split(":").str[-1]
    number = {"nth": lambda rows: rows.groupby("line").cumcount()}
    return expected.assign(**number).merge(
        drafted.assign(**number),
        how="outer",
        on=["line", "nth"],
        suffixes=("_expected", ""),
        indicator="side",
    )


def score(report: Path) -> dict[str, object]:
    """Return the counts of one report."""
    both = compare(report).fillna("")
    found, extra = both["side"].eq("both"), both["side"].eq("right_only")
    same = both.apply(lambda row: same_days(row["date_expected"], row["date"]), axis=1)
    window = both.apply(lambda row: same_days(row["reported_expected"], row["reported"]), axis=1)
    dated = both["date_expected"].ne("")
    return {
        "report": report.stem,
        "events": int((~extra).sum()),
        "found": int(found.sum()),
        "extra": int(extra.sum()),
        "dated": int(dated.sum()),
        "right": int((found & dated & same).sum()),
        "wrong": int((both["date"].ne("") & ~same).sum()),
        "windows": int((found & window).sum()),
        "who": int((found & both["organization"].eq(both["organization_expected"])).sum()),
    }


def main() -> None:
    """Print and write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", default="tests/reports")
    options.add_argument("--out")
    options.add_argument("--show", action="store_true", help="print what differs")
    given = options.parse_args()
    reports = sorted(
        it for it in Path(given.reports).glob("*.md") if it.with_suffix(".csv").exists()
    )
    table = pd.DataFrame([score(it) for it in reports])
    total = table[COUNTS].sum()
    table.loc[len(table)] = {"report": "all", **total}
    print(table.to_string(index=False))
    print(
        f"recall of events {total['found'] / total['events']:.3f}, "
        f"precision {total['found'] / (total['found'] + total['extra']):.3f}; "
        f"recall of dates {total['right'] / total['dated']:.3f}, "
        f"precision {total['right'] / (total['right'] + total['wrong']):.3f}"
    )
    if given.out:
        table.to_csv(given.out, index=False)
    if given.show:
        show(reports)


def show(reports: list[Path]) -> None:
    """Print each row that differs."""
    for report in reports:
        for row in compare(report).fillna("").itertuples():
            dates = f"{row.date_expected or '-'} | {row.date or '-'} ({row.date_text}) {row.note}"
            if row.side != "both":
                title = row.title or row.title_zh or row.title_en
                print(f"{report.name}:{row.line} {row.side}: {title}")
            elif not same_days(row.date_expected, row.date):
                print(f"{report.name}:{row.line} date: {dates}")
            elif not same_days(row.reported_expected, row.reported):
                print(f"{report.name}:{row.line} window: {row.reported_expected} | {row.reported}")


if __name__ == "__main__":
    main()
