"""What a counts table records of itself: kept by every step, asked for where it was lost."""

import pickle
from importlib.util import find_spec

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import aistats as ai
from aistats.charts import plot_counts, plot_forest, plot_matrix
from aistats.counting.schema import (
    RESERVED,
    RESULTS,
    CountsSchema,
    as_counts,
    groups_of,
    schema_of,
)
from aistats.counting.tables import is_total, overlapping
from aistats.counting.verbs import (
    add_total,
    concentration,
    cumulate,
    first_periods,
    last_periods,
    new_entrants,
    peaks,
    regroup,
    rolling_mean,
    shares,
)
from aistats.faults import ParameterError
from aistats.trends.claims import compare_periods, growth_curve, growth_rate, one_family
from aistats.wording import (
    describe_comparison,
    describe_counts,
    describe_largest,
    describe_measure,
    describe_verdict,
    labelled,
)

WEEKS = pd.date_range("2025-11-03", periods=6, freq="7D")
EVENTS = pd.DataFrame(
    {
        "date": WEEKS.repeat([2, 3, 4, 3, 5, 9]),
        "region": (["CN", "US"] * 13),
        "kind": (["model", "policy", "model"] * 9)[:26],
        "country": [("CN", "US") if n % 3 else ("US",) for n in range(26)],
    }
)
WEEKLY = ai.count_events(EVENTS, by=["region", "kind"], period="week")
COUNTRIES = ai.count_events(EVENTS, by=["country", "kind"])
POPULATION = pd.DataFrame({"country": ["CN", "US"], "population": [1409, 340]})

unknown = pytest.raises(ParameterError, match="no record of its group columns")


# Any name of a column is a group -----------------------------------------------------------------


@pytest.mark.parametrize("name", [*RESULTS, "(all)", "aistats", "n"])
def test_a_group_may_be_called_like_a_result(name):
    events = EVENTS[["date"]].assign(**{name: ["a", "a", "b"] * 8 + ["a", "b"]})
    counts = ai.count_events(events, by=name)
    weekly = ai.count_events(events, by=name, period="week")

    assert groups_of(counts) == groups_of(counts.iloc[0]) == [name]
    assert regroup(weekly, by=name).equals(weekly)
    assert add_total(counts)[name].tolist() == ["(all)", "a", "b"]
    assert add_total(counts)["count"].tolist() == [26, 17, 9]
    assert shares(counts)["share"].tolist() == pytest.approx([17 / 26, 9 / 26])
    assert cumulate(weekly)["certain"].tail(2).tolist() == [17, 9]
    assert set(peaks(weekly)[name]) == {"a", "b"}
    assert concentration(counts, top=1)["share"].tolist() == pytest.approx([17 / 26])
    assert labelled(counts, "en").iloc[:, 0].tolist() == ["a", "b"]
    assert describe_counts(counts, "zh") == "收录的26条事件中，a有17条、b有9条。"
    assert describe_measure(counts, "zh") == f"收录的事件条数，按{name}"
    assert labelled(counts, "en").columns[0] == name
    ax = plot_counts(counts, language="en")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    plt.close(ax.figure)
    if name not in RESULTS:
        assert compare_periods(weekly)[name].tolist() == ["a", "b"]


@pytest.mark.parametrize("name", RESERVED)
def test_no_group_is_called_like_a_column_of_counts_tables(name):
    table = pd.DataFrame({name: ["a"], "count": [1]})
    with pytest.raises(ParameterError, match=f"“{name}” is a column of the counts table"):
        as_counts(table, by=name)


def test_two_columns_of_levels_make_a_matrix_whatever_they_are_called():
    events = pd.DataFrame({"rate": ["a", "b"], "lower": ["c", "d"]})
    ax = plot_matrix(ai.count_events(events, by=["rate", "lower"]), language="en")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    plt.close(ax.figure)


def test_a_new_column_is_no_group():
    table = WEEKLY.assign(continent="Asia", verdict="increase")

    assert groups_of(regroup(table, by="region")) == ["region"]
    assert list(cumulate(table).columns[:3]) == ["period", "region", "kind"]
    assert describe_measure(table, "en") == (
        "Number of events on record in each period, by region and kind"
    )
    with pytest.raises(
        ParameterError, match="no group column “continent”; use one of: region, kind"
    ):
        regroup(table, by="continent")


# Kept by every step ------------------------------------------------------------------------------

GROUPED = as_counts(COUNTRIES, by=["country", "kind"])
KEPT = {
    "copy": COUNTRIES.copy(),
    "rows": COUNTRIES[COUNTRIES["count"] > 0],
    "query": COUNTRIES.query("count > 0").reset_index(drop=True),
    "assign": COUNTRIES.assign(share=0.5),
    "sort": COUNTRIES.sort_values("count"),
    "head": COUNTRIES.head(3),
    "nlargest": COUNTRIES.nlargest(3, "count"),
    "columns": COUNTRIES[["country", "kind", "count"]],
    "other names": COUNTRIES.rename(columns={"count": "n"}),
    "concat": pd.concat([COUNTRIES.head(2), COUNTRIES.tail(2)]),
    "shares": COUNTRIES.pipe(regroup, by=["country", "kind"]),
    "new": new_entrants(COUNTRIES, baseline=COUNTRIES.head(1)),
    "pickle": pickle.loads(pickle.dumps(COUNTRIES)),
    "as_counts": as_counts(COUNTRIES, by=["country", "kind"]),
}


@pytest.mark.parametrize("table", KEPT.values(), ids=KEPT)
def test_a_table_of_some_of_the_rows_is_still_what_it_was(table):
    assert groups_of(table) == ["country", "kind"]
    assert overlapping(table) == ["country"]


def test_a_row_and_a_cell_of_a_loop_know_their_groups():
    weekly = add_total(WEEKLY)

    assert groups_of(weekly.iloc[3]) == groups_of(weekly.loc[3]) == ["region", "kind"]
    for _, row in weekly.iterrows():
        assert schema_of(row) == schema_of(weekly)


@pytest.mark.parametrize(
    ("table", "kind", "total"),
    [
        (ai.count_events(EVENTS, by=["region", "kind"]), "counts", False),
        (WEEKLY, "periods", False),
        (regroup(WEEKLY, by=["region", "kind"]), "periods", False),
        (add_total(WEEKLY), "periods", True),
        (shares(WEEKLY), "periods", False),
        (rolling_mean(WEEKLY, window=2), "periods", False),
        (peaks(WEEKLY), "periods", False),
        (first_periods(add_total(WEEKLY), n=2), "periods", True),
        (last_periods(WEEKLY), "periods", False),
        (cumulate(add_total(WEEKLY)), "running totals", True),
        (compare_periods(add_total(WEEKLY)), "comparisons", True),
        (growth_rate(WEEKLY), "growth", False),
        (one_family(growth_rate(add_total(WEEKLY)))[0], "growth", True),
    ],
)
def test_a_table_records_what_its_rows_are(table, kind, total):
    assert {**schema_of(table)} == {**CountsSchema(kind, ["region", "kind"], total=total)}
    assert schema_of(table.iloc[0]) == schema_of(table)


def test_a_curve_is_of_one_group_and_has_none():
    weekly = add_total(WEEKLY)
    curve = growth_curve(weekly, growth_rate(weekly).tail(1))

    assert {**schema_of(curve)} == {**CountsSchema("growth curve", [])}
    assert describe_measure(curve, "en") == "Events on record per covered day"


def test_groups_stand_in_the_order_of_the_columns():
    table = regroup(COUNTRIES, by=["kind", "country"])

    assert list(table.columns[:2]) == groups_of(table) == ["kind", "country"]
    assert overlapping(regroup(table, by="country")) == ["country"]


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
def test_parquet_keeps_it(tmp_path):
    add_total(WEEKLY).to_parquet(tmp_path / "weekly.parquet")

    table = pd.read_parquet(tmp_path / "weekly.parquet")

    assert schema_of(table) == CountsSchema("periods", ["region", "kind"], total=True)
    assert is_total(table).sum() == 6


# Lost, and asked for -----------------------------------------------------------------------------


def from_csv(table, path):
    table.to_csv(path, index=False)
    return pd.read_csv(path)


LOST = {
    "merge": COUNTRIES.merge(POPULATION),
    "join": COUNTRIES.set_index("country").join(POPULATION.set_index("country")).reset_index(),
    "rename": COUNTRIES.rename(columns={"country": "国家"}),
    "drop": COUNTRIES.drop(columns="kind"),
    "groupby": COUNTRIES.groupby("country", as_index=False)[["count"]].sum(),
    "by hand": pd.DataFrame({"country": ["CN"], "kind": ["model"], "count": [1]}),
    "concat": pd.concat([COUNTRIES, pd.DataFrame({"country": ["FR"], "count": [1]})]),
    "no keys": COUNTRIES[["count"]],
    "added up": COUNTRIES[["count"]].sum().to_frame().T.assign(country="all"),
}
TAKERS = {
    "regroup": lambda table: regroup(table),
    "regroup by": lambda table: regroup(table, by="kind"),
    "add_total": add_total,
    "shares": shares,
    "concentration": concentration,
    "new_entrants": lambda table: new_entrants(table, baseline=COUNTRIES),
    "overlapping": overlapping,
    "groups_of": groups_of,
    "plot_counts": plot_counts,
    "plot_matrix": plot_matrix,
    "describe_counts": lambda table: describe_counts(table, "en"),
    "describe_largest": lambda table: describe_largest(table, "en"),
    "describe_measure": lambda table: describe_measure(table, "en"),
}


@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize("table", LOST.values(), ids=LOST)
def test_groups_that_were_lost_are_asked_for_and_not_guessed(table, taker):
    with unknown:
        taker(table)
    assert not plt.get_fignums()


@pytest.mark.parametrize("judge", [compare_periods, growth_rate, cumulate, peaks])
def test_periods_whose_groups_were_lost_are_asked_for(judge, tmp_path):
    table = from_csv(WEEKLY, tmp_path / "weekly.csv")
    with unknown:
        judge(table)


def test_a_file_is_a_counts_table_again_once_its_groups_are_said(tmp_path):
    table = from_csv(add_total(WEEKLY), tmp_path / "weekly.csv")
    table["period"] = pd.to_datetime(table["period"]).astype("datetime64[s]")

    weekly = as_counts(table, by=["region", "kind"], total=True)

    assert {**schema_of(weekly)} == {**schema_of(add_total(WEEKLY))}
    assert schema_of(table) is None
    compared = compare_periods(weekly)
    pd.testing.assert_frame_equal(compared, compare_periods(add_total(WEEKLY)))
    read = as_counts(
        from_csv(compared, tmp_path / "compared.csv"), by=["region", "kind"], total=True
    )
    assert {**schema_of(read)} == {**schema_of(compared)}
    assert one_family(read)[0]["verdict"].equals(compared["verdict"])


def test_a_row_by_hand_is_asked_for_its_groups():
    row = pd.Series({"region": "US", "verdict": "clustered"})
    with unknown:
        describe_verdict(row, "en")
    with pytest.raises(ValueError, match="one row of a table of compare_periods"):
        describe_comparison(WEEKLY.iloc[0], "en")
    assert describe_verdict(as_counts(row, by="region"), "en").startswith("US: ")


def test_overlap_is_said_again_and_kept_where_the_table_records_it():
    renamed = COUNTRIES.rename(columns={"country": "国家"})

    assert overlapping(as_counts(COUNTRIES, by=["kind", "country"])) == ["country"]
    with pytest.raises(ParameterError, match="“country” as multi-valued, but by= leaves it out"):
        as_counts(renamed, by=["国家", "kind"])
    again = as_counts(renamed, by=["国家", "kind"], overlapping="国家")
    with pytest.raises(ParameterError, match="“国家” is multi-valued"):
        shares(again)
    assert overlapping(as_counts(renamed, by=["国家", "kind"], overlapping=[])) == []
    with pytest.raises(ParameterError, match="no group column “region”"):
        as_counts(COUNTRIES, by="kind", overlapping="region")


def test_a_table_with_nothing_but_counts_has_no_groups():
    whole = pd.DataFrame(ai.count_events(EVENTS, period="week").to_dict())

    assert groups_of(whole) == []
    assert len(compare_periods(whole)) == 1
    assert groups_of(pd.DataFrame({"count": [26]})) == []
    chinese = WEEKLY.query("region == 'CN' and kind == 'model'").drop(columns=["region", "kind"])
    assert groups_of(chinese) == []
    with unknown:  # its events are those of a group
        groups_of(chinese.iloc[0])
    by_country = ai.count_events(EVENTS, by="country", period="week")
    with unknown:  # an event in two countries would count twice
        groups_of(by_country.groupby("period", as_index=False).sum(numeric_only=True))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"by": "planet"}, "no group column “planet”; use one of: country, kind, count"),
        ({"by": ["kind", "kind"]}, "by: “kind” is set more than once"),
        ({"by": ["kind", "count"]}, "“count” is a column of the counts table"),
    ],
)
def test_what_cannot_be_a_group_is_refused(arguments, says):
    with pytest.raises(ParameterError, match=says):
        as_counts(COUNTRIES, **arguments)


def test_a_table_is_not_changed_by_saying_what_it_is():
    table = pd.DataFrame({"region": ["CN"], "count": [1]})
    as_counts(table, by="region")
    assert schema_of(table) is None


# A level that is called like a total -------------------------------------------------------------

CALLED_ALL = pd.DataFrame({"date": WEEKS.repeat(2), "scope": ["(all)", "local"] * 6})


def test_a_level_that_is_called_all_is_a_level():
    counts = ai.count_events(CALLED_ALL, by="scope")
    weekly = ai.count_events(CALLED_ALL, by="scope", period="week")

    assert not is_total(counts).any()
    assert regroup(counts)["count"].tolist() == [12]
    assert shares(counts)["share"].tolist() == [0.5, 0.5]
    assert labelled(counts, "en").iloc[:, 0].tolist() == ["(all)", "local"]
    assert "(all)" in describe_counts(counts, "en")
    compared = compare_periods(weekly)
    assert describe_verdict(compared.iloc[0], "en").startswith("(all): ")
    ax = plot_forest(compared.iloc[::-1], language="en")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["local", "(all)"]
    plt.close(ax.figure)
    with pytest.raises(ParameterError, match=r"“scope” has a value called “\(all\)”"):
        add_total(counts)


def test_a_total_is_called_so_everywhere():
    weekly = add_total(ai.count_events(EVENTS, by="region", period="week"))
    compared = compare_periods(weekly)

    assert is_total(weekly).sum() == 6
    assert labelled(compared, "en")["region"].tolist() == ["All", "CN", "US"]
    assert describe_verdict(compared.iloc[0], "en").startswith("All events: ")
    ax = plot_forest(compared.iloc[::-1], language="en")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["All", "US", "CN"]
    plt.close(ax.figure)
    ax = plot_counts(add_total(ai.count_events(EVENTS, by="region")), language="en")
    assert ax.get_yticklabels()[0].get_text() == "All"
    plt.close(ax.figure)


def test_rows_without_the_total_can_be_added_up():
    counts = ai.count_events(EVENTS, by="region")
    table = add_total(counts)

    assert regroup(table[~is_total(table)])["count"].tolist() == [26]
    pd.testing.assert_frame_equal(add_total(table[~is_total(table)]), table)


# What people look at -----------------------------------------------------------------------------

OPEN = pd.DataFrame({"date": ["2025-12-02", "2025-12-06/2025-12-09"], "region": ["CN", "US"]})


def test_people_see_one_number_where_no_date_is_open():
    closed, still_open = (
        ai.count_events(events, by="region", period="week") for events in (EVENTS, OPEN)
    )

    assert list(labelled(closed, "en").columns) == ["Period", "region", "Events on record", "Days"]
    assert list(labelled(closed, "en")["Events on record"]) == closed["certain"].tolist()
    assert len(labelled(still_open, "en").columns) == len(still_open.columns)
    assert {"certain", "expected", "possible", "starting", "ending"} <= set(closed.columns)
    assert list(labelled(cumulate(closed), "zh").columns) == ["时段", "region", "条数", "天数"]


def test_the_csv_for_people_has_one_number_where_no_date_is_open():
    from aistats.editions.exhibits import to_csv

    closed, still_open = (ai.count_events(events, period="week") for events in (EVENTS, OPEN))

    assert to_csv(closed).splitlines()[:2] == ["period,count,days", "2025-11-03,2,7"]
    assert to_csv(still_open).startswith("period,certain,expected,possible,starting,ending,days")
    assert to_csv(closed.head(0)).startswith("period,certain,expected,possible")


def test_rows_of_totals_are_asked_for_where_they_are_not_recorded():
    counts = pd.DataFrame({"region": ["(all)", "CN", "US"], "count": [3, 1, 2]})
    with pytest.raises(ParameterError) as raised:
        as_counts(counts, by="region")
    assert [fault.kind for fault in raised.value.faults] == ["total_unknown"]
    assert is_total(as_counts(counts, by="region", total=True)).tolist() == [True, False, False]
    assert not is_total(as_counts(counts, by="region", total=False)).any()
