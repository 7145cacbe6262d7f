"""Exact statistics held against published numbers, enumeration and other people's code."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from aistats.trends import exact

calm = settings(deadline=None, derandomize=True, max_examples=examples(60))
COUNT = st.integers(0, 200)
EXPOSURE = st.floats(0.1, 1000)
LEVEL = st.sampled_from([0.5, 0.8, 0.95, 0.99])


# One rate ----------------------------------------------------------------------------------------

POISSON = [  # count, level, lower, upper: chi-square quantiles of R
    (0, 0.8, 0, 2.302585093),
    (0, 0.95, 0, 3.688879454),
    (0, 0.99, 0, 5.298317367),
    (1, 0.8, 0.1053605157, 3.88972017),
    (1, 0.95, 0.02531780798, 5.571643391),
    (1, 0.99, 0.005012541824, 7.4301295),
    (2, 0.8, 0.5318116084, 5.322320338),
    (2, 0.95, 0.2422092785, 7.224687668),
    (2, 0.99, 0.1034945467, 9.273792089),
    (3, 0.8, 1.102065328, 6.680783068),
    (3, 0.95, 0.6186721229, 8.76727307),
    (3, 0.99, 0.3378633887, 10.9774775),
    (5, 0.8, 2.432591026, 9.274673893),
    (5, 0.95, 1.62348639, 11.66833208),
    (5, 0.99, 1.077928241, 14.14975941),
    (10, 0.8, 6.221304605, 15.40664117),
    (10, 0.95, 4.795388696, 18.39035604),
    (10, 0.99, 3.716922131, 21.3978275),
    (20, 0.8, 14.52526147, 27.04510123),
    (20, 0.95, 12.21651959, 30.8883779),
    (20, 0.99, 10.35326766, 34.66799873),
    (100, 0.8, 87.4176365, 114.0745371),
    (100, 0.95, 81.36399125, 121.6267938),
    (100, 0.99, 76.12049584, 128.7605801),
]


@pytest.mark.parametrize(("count", "conf_level", "lower", "upper"), POISSON)
def test_the_interval_of_a_count_is_that_of_garwood(count, conf_level, lower, upper):
    assert exact.poisson_interval(count, conf_level=conf_level) == pytest.approx(
        (lower, upper), abs=1e-6
    )


def test_counts_exposures_and_levels_broadcast():
    count, level, lower, upper = (np.array(column) for column in zip(*POISSON, strict=True))

    found = exact.poisson_interval(count, 10, conf_level=level)
    table = exact.poisson_interval([[0], [3]], [1, 10, 100])

    assert np.allclose(found.lower * 10, lower, atol=1e-6)
    assert np.allclose(found.upper * 10, upper, atol=1e-6)
    assert table.upper.shape == (2, 3)
    assert table.upper[1, 1] == exact.poisson_interval(3, 10).upper


def test_numbers_give_numbers_arrays_arrays_and_a_series_goes_in():
    counts = pd.Series([14, 9], index=["a", "b"])

    for values in (exact.poisson_interval(3), exact.rate_ratio(3, 1, 2, 1)):
        assert all(isinstance(value, float) for value in values)
    found = exact.rate_ratio(counts, pd.Series([7, 7], index=["a", "b"]), [9, 14], 7)
    assert all(isinstance(value, np.ndarray) and value.shape == (2,) for value in found)
    assert found.ratio == pytest.approx([14 / 9, 9 / 14])
    assert exact.poisson_interval(counts).lower.shape == (2,)
    assert exact.poisson_interval([]).lower.shape == (0,)


@calm
@given(COUNT, EXPOSURE, LEVEL, st.floats(0.01, 100))
def test_the_interval_of_a_rate_holds_its_estimate_and_scales(count, exposure, level, times):
    lower, upper = exact.poisson_interval(count, exposure, conf_level=level)
    scaled = exact.poisson_interval(count, exposure * times, conf_level=level)
    wider = exact.poisson_interval(count, exposure, conf_level=(1 + level) / 2)

    assert lower <= count / exposure <= upper
    assert scaled == pytest.approx((lower / times, upper / times), rel=1e-9)
    assert wider.lower <= lower
    assert upper <= wider.upper


# Two rates ---------------------------------------------------------------------------------------

RATIOS = [  # the conditional test of R: counts and exposures, ratio, interval, p
    (10, 7, 5, 7, 2, 0.6228595543, 7.457295911, 0.3017578125),
    (20, 7, 10, 7, 2, 0.8935088904, 4.78455244, 0.09873714671),
    (6, 7, 0, 7, math.inf, 1.177424726, math.inf, 0.03125),
    (0, 7, 6, 7, 0, 0, 0.8493111943, 0.03125),
    (2, 17877, 9, 16660, 0.2070941557, 0.02177406276, 1.000549104, 0.05010649561),
    (12, 7, 7, 3, 0.7346938776, 0.2666850276, 2.202543369, 0.6689969859),
    (3, 30, 3, 31, 1.033333333, 0.1384021745, 7.71503614, 1),
    (1, 7, 1, 7, 1, 0.01273936708, 78.49683532, 1),
    (233, 365, 149, 366, 1.568042659, 1.271186799, 1.939142514, 1.791933222e-05),
]


@pytest.mark.parametrize("row", RATIOS)
def test_two_rates_compare_as_in_r(row):
    assert exact.rate_ratio(*row[:4]) == pytest.approx(row[4:], abs=1e-6)
    assert exact.rate_ratio(*row[:4]).p_value == pytest.approx(row[7], rel=1e-6)


def test_a_p_value_of_0_0501_is_no_less():
    found = exact.rate_ratio(2, 17877, 9, 16660)

    assert round(float(found.p_value), 4) == 0.0501
    assert found.upper > 1


def test_all_comparisons_at_once_are_those_one_by_one():
    columns = [np.array(column) for column in zip(*RATIOS, strict=True)]

    found = exact.rate_ratio(*columns[:4])

    for value, column in zip(found, columns[4:], strict=True):
        assert np.allclose(value, column, atol=1e-6)


def test_something_over_nothing_is_infinite_and_nothing_over_nothing_has_no_ratio():
    assert exact.rate_ratio(0, 7, 0, 7) == pytest.approx((math.nan, 0, math.inf, 1), nan_ok=True)
    assert exact.rate_ratio(0, 7, 4, 7).ratio == 0
    assert exact.rate_ratio(4, 7, 0, 7).ratio == math.inf
    assert exact.rate_ratio(0, 1, 10**6, 1).p_value < 1e-300


@calm
@given(COUNT, EXPOSURE, COUNT, EXPOSURE, st.floats(0.01, 0.5))
def test_test_and_interval_agree(x, d, y, e, alpha):
    ratio, lower, upper, p_value = exact.rate_ratio(x, d, y, e, conf_level=1 - alpha)

    assert 0 <= lower <= upper
    assert 0 <= p_value <= 1
    if x + y:
        assert lower <= ratio * (1 + 1e-12)
        assert ratio <= upper * (1 + 1e-12)
    if abs(p_value - alpha) > 1e-9:
        assert (p_value < alpha) == (not lower <= 1 <= upper)


@calm
@given(COUNT, EXPOSURE, COUNT, EXPOSURE, LEVEL, st.floats(0.01, 100))
def test_swapped_sides_invert_and_exposure_scales(x, d, y, e, level, times):
    here = exact.rate_ratio(x, d, y, e, conf_level=level)
    swapped = exact.rate_ratio(y, e, x, d, conf_level=level)
    scaled = exact.rate_ratio(x, d, y, e * times, conf_level=level)
    both = exact.rate_ratio(x, d * times, y, e * times, conf_level=level)

    assert swapped.p_value == pytest.approx(here.p_value, rel=1e-9)
    with np.errstate(divide="ignore"):
        assert 1 / swapped.lower == pytest.approx(here.upper, rel=1e-9)
        assert 1 / swapped.upper == pytest.approx(here.lower, rel=1e-9)
    assert both == pytest.approx(tuple(here), rel=1e-7, nan_ok=True)
    assert scaled[1:3] == pytest.approx((here.lower * times, here.upper * times), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "share"), list(itertools.product([0, 1, 3, 8], [0, 2, 7], [0.2, 0.5]))
)
def test_p_is_twice_the_smaller_tail_of_a_binomial(x, y, share):
    tails = stats.binom.sf(x - 1, x + y, share), stats.binom.cdf(x, x + y, share)

    found = exact.rate_ratio(x, share, y, 1 - share).p_value

    assert found == pytest.approx(min(1, 2 * min(tails)), rel=1e-10)


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        (exact.poisson_interval, {"count": -1}, r"count=-1: must be a whole number"),
        (exact.poisson_interval, {"count": [1, 2.5]}, r"count=2\.5: must be a whole number"),
        (exact.poisson_interval, {"count": math.nan}, r"count=nan"),
        (exact.poisson_interval, {"count": math.inf}, r"count=inf"),
        (exact.poisson_interval, {"count": 1, "exposure": 0}, r"exposure=0: must be positive"),
        (exact.poisson_interval, {"count": 1, "exposure": math.nan}, r"exposure=nan"),
        (
            exact.poisson_interval,
            {"count": 1, "conf_level": 95},
            r"conf_level=95: must lie between",
        ),
        (exact.poisson_interval, {"count": 1, "conf_level": 0}, r"conf_level=0"),
        (exact.poisson_interval, {"count": 1, "conf_level": 1}, r"conf_level=1"),
        (exact.rate_ratio, {"count_1": -2}, r"count_1=-2"),
        (exact.rate_ratio, {"count_2": 0.5}, r"count_2=0\.5"),
        (exact.rate_ratio, {"exposure_1": 0}, r"exposure_1=0"),
        (exact.rate_ratio, {"exposure_2": -7}, r"exposure_2=-7"),
        (exact.rate_ratio, {"conf_level": 1.5}, r"conf_level=1\.5"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value(function, arguments, says):
    if function is exact.rate_ratio:
        ok = {"count_1": 1, "exposure_1": 1, "count_2": 1, "exposure_2": 1}
        arguments = ok | arguments
    with pytest.raises(ValueError, match=says):
        function(**arguments)


# Growth ------------------------------------------------------------------------------------------


def allocations(number, periods):
    """Yield every way to lay so many events into so many periods."""
    if periods == 1:
        yield (number,)
        return
    for first in range(number + 1):
        for rest in allocations(number - first, periods - 1):
            yield (first, *rest)


def by_enumeration(counts, exposure, times, half):
    """Return the interval and the p-value of growth, from every allocation of the events."""
    n, score = sum(counts), int(np.dot(counts, np.subtract(times, min(times))))
    ways = np.array(list(allocations(n, len(counts))))
    many = [math.factorial(n) / math.prod(map(math.factorial, map(int, way))) for way in ways]
    scores = ways @ np.subtract(times, min(times))

    def chance(rate, which):
        logs = np.log(exposure) + rate * np.subtract(times, np.mean(times))
        shares = np.exp(logs - logs.max())
        return (many * np.prod((shares / shares.sum()) ** ways, axis=1))[which].sum()

    def root(which):
        return optimize.brentq(lambda rate: chance(rate, which) - half, -60, 60, xtol=1e-12)

    p_value = min(1, 2 * min(chance(0, scores >= score), chance(0, scores <= score)))
    lower = root(scores >= score) if score else -math.inf
    upper = root(scores <= score) if score < n * (max(times) - min(times)) else math.inf
    return lower, upper, p_value


GROWTHS = [
    ([2, 1], [7, 7], [0, 1]),
    ([0, 4], [7, 3], [0, 1]),
    ([4, 0], [7, 3], [0, 1]),
    ([1, 0, 3], [7, 1, 5], [0, 1, 2]),
    ([0, 5, 0], [7, 7, 7], [0, 1, 2]),
    ([0, 0, 6], [2, 7, 1], [0, 1, 2]),
    ([6, 0, 0], [2, 7, 1], [0, 1, 2]),
    ([1, 0, 0, 2], [7, 6, 5, 1], [0, 1, 4, 9]),
    ([0, 2, 3, 1], [1, 31, 28, 3], [2, 3, 5, 6]),
    ([1, 2, 2, 1], [7, 7, 7, 7], [-2, -1, 0, 1]),
    ([0, 0, 0, 1], [7, 7, 7, 7], [0, 1, 2, 3]),
    ([1, 0, 0, 0], [7, 7, 7, 7], [0, 1, 2, 3]),
]


@pytest.mark.parametrize("conf_level", [0.8, 0.95])
@pytest.mark.parametrize(("counts", "exposure", "times"), GROWTHS)
def test_growth_is_what_every_allocation_gives(counts, exposure, times, conf_level):
    found = exact.growth(counts, exposure, times, conf_level=conf_level)

    expected = by_enumeration(counts, exposure, times, (1 - conf_level) / 2)
    assert found[1:] == pytest.approx(expected, abs=1e-8)


@st.composite
def series(draw, events=6, periods=4):
    times = sorted(draw(st.lists(st.integers(0, 9), min_size=2, max_size=periods, unique=True)))
    exposure = draw(st.lists(st.integers(1, 31), min_size=len(times), max_size=len(times)))
    places = draw(st.lists(st.integers(0, len(times) - 1), min_size=1, max_size=events))
    return np.bincount(places, minlength=len(times)).tolist(), exposure, times


@calm
@given(series())
def test_growth_is_exact_for_any_few_events(drawn):
    found = exact.growth(*drawn)

    assert found[1:] == pytest.approx(by_enumeration(*drawn, 0.025), abs=1e-7)


@calm
@given(series(events=40, periods=8), st.floats(0.02, 0.4))
def test_growth_test_interval_and_estimate_agree_and_time_reversed_flips_the_sign(drawn, alpha):
    counts, exposure, times = drawn
    found = exact.growth(*drawn, conf_level=1 - alpha)
    back = exact.growth(
        counts[::-1], exposure[::-1], [-time for time in times[::-1]], conf_level=1 - alpha
    )
    scaled = exact.growth(counts, np.multiply(exposure, 3.5), np.add(times, 11))

    assert found.lower <= found.rate <= found.upper
    if abs(found.p_value - alpha) > 1e-9:
        assert (found.p_value < alpha) == (not found.lower <= 0 <= found.upper)
    expected = (-found.rate, -found.upper, -found.lower, found.p_value)
    assert back == pytest.approx(expected, abs=1e-7)
    assert scaled == pytest.approx(tuple(exact.growth(*drawn)), abs=1e-7)


@calm
@given(series(events=40, periods=8))
def test_the_fitted_means_of_the_estimate_have_the_score_of_the_counts(drawn):
    counts, exposure, times = drawn
    rate = exact.growth(*drawn).rate

    fitted = exact.fitted_means(counts, exposure, times, rate)

    assert fitted.sum() == pytest.approx(sum(counts))
    assert fitted @ times == pytest.approx(np.dot(counts, times), abs=1e-6)


@pytest.mark.parametrize(
    ("x", "d", "y", "e"),
    [(14, 7, 9, 7), (0, 7, 9, 3), (9, 7, 0, 7), (1, 30, 400, 7), (900, 1, 400, 3), (1, 7, 0, 7)],
)
def test_growth_over_two_periods_is_their_ratio(x, d, y, e):
    rate = exact.growth([y, x], [e, d], [0, 1])
    ratio = exact.rate_ratio(x, d, y, e)

    with np.errstate(divide="ignore"):
        assert rate[:3] == pytest.approx(np.log(ratio[:3]), abs=1e-6)
    assert rate.p_value == pytest.approx(ratio.p_value, rel=1e-6)


def test_no_events_or_one_period_have_no_rate():
    nothing = (math.nan, -math.inf, math.inf, 1)

    assert exact.growth([0, 0, 0], [7] * 3, range(3)) == pytest.approx(nothing, nan_ok=True)
    assert exact.growth([5], [7], [0]) == pytest.approx(nothing, nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "rate"), [([0, 0, 9], math.inf), ([9, 0, 0], -math.inf), ([0, 9, 0], 0)]
)
def test_all_events_in_the_last_period_are_infinite_growth(counts, rate):
    found = exact.growth(counts, [7] * 3, range(3))

    assert found.rate == rate
    assert (found.lower == -math.inf) == (rate == -math.inf)
    assert (found.upper == math.inf) == (rate == math.inf)


@pytest.mark.parametrize("is_even", [True, False])
@pytest.mark.parametrize("slope", [0.0, 0.002, -0.01])
@pytest.mark.parametrize(("periods", "events"), [(104, 1900), (26, 7900), (8, 28000)])
def test_beyond_the_switch_the_approximation_is_as_good_as_exact(
    monkeypatch, periods, events, slope, is_even
):
    rng = np.random.default_rng(7)
    exposure = np.full(periods, 7) if is_even else rng.integers(1, 8, periods)
    times = np.arange(periods)
    means = exposure * np.exp(slope * times)
    counts = rng.multinomial(events, means / means.sum())
    assert events * (periods - 1) <= exact.EXACT_UP_TO

    convolved = exact.growth(counts, exposure, times)
    monkeypatch.setattr(exact, "EXACT_UP_TO", 0)
    approximate = exact.growth(counts, exposure, times)

    assert approximate.p_value == pytest.approx(convolved.p_value, abs=1e-3)
    width = convolved.upper - convolved.lower
    assert approximate[:3] == pytest.approx(convolved[:3], abs=1e-3 * width)


def test_at_the_edges_of_the_score_the_approximation_is_near():
    found = exact.growth([300_000, 1], [7, 7], [0, 1])
    ratio = exact.rate_ratio(1, 7, 300_000, 7)

    assert found[1:3] == pytest.approx(np.log(ratio[1:3]), abs=0.05)


@pytest.mark.parametrize("counts", [[5000, *[0] * 103], [*[0] * 103, 5000], [*[48] * 103, 56]])
def test_many_events_in_many_periods_have_finite_numbers_where_they_should(counts):
    found = exact.growth(counts, [7] * 104, range(104))

    assert found.lower <= found.rate <= found.upper
    assert 0 <= found.p_value <= 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([1, -1, 2], [7] * 3, range(3)), r"counts=-1"),
        (([1.5, 1.5, 0], [7] * 3, range(3)), r"counts=1\.5"),
        (([1, 1, 0], [7, 0, 7], range(3)), r"exposure=0"),
        (([1, 1, 0], [7, 7, 7], [0, 0, 0]), r"times"),
    ],
)
def test_growth_names_a_wrong_argument_with_its_value(arguments, says):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=says):
        exact.growth(*arguments)


@pytest.mark.parametrize("conf_level", [2.0, 0.0, -1.0])
def test_growth_refuses_a_level_that_is_no_probability(conf_level):
    with pytest.raises(ValueError, match="conf_level="):
        exact.growth([3, 5, 8], [7] * 3, range(3), conf_level=conf_level)


# Families of claims ------------------------------------------------------------------------------


def test_holm_by_hand():
    # Smallest to largest, times 5, 4, 3, 2, 1, and never less than the one before.
    found = exact.holm([0.01, 0.04, math.nan, 0.03, 0.005, 0.9])

    assert found == pytest.approx([0.04, 0.09, math.nan, 0.09, 0.025, 0.9], nan_ok=True)


def test_holm_of_none_one_and_ties():
    assert exact.holm([]).tolist() == []
    assert exact.holm([0.2]).tolist() == [0.2]
    assert exact.holm([0.02, 0.02]).tolist() == [0.04, 0.04]
    assert np.isnan(exact.holm([math.nan, math.nan])).all()


@calm
@given(st.lists(st.floats(0, 1) | st.just(math.nan), max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    given_values = np.array(p_values, dtype=float)
    found = exact.holm(given_values)
    known = [place for place, p in enumerate(p_values) if not math.isnan(p)]

    assert np.array_equal(given_values, np.array(p_values, dtype=float), equal_nan=True)
    assert np.isnan(found).sum() == len(p_values) - len(known)
    assert all(p_values[place] <= found[place] <= 1 for place in known)
    assert all(
        found[one] <= found[other]
        for one, other in itertools.permutations(known, 2)
        if p_values[one] < p_values[other]
    )
    if known:
        least = min(known, key=lambda place: p_values[place])
        assert found[least] == pytest.approx(min(1, p_values[least] * len(known)))


# What would have shown ---------------------------------------------------------------------------


def chance_of_a_claim(rate, events, exposure, times, alpha, least_z):
    """Return the probability that the score shows growth, by plain convolution."""
    scores = np.arange(events * (max(times) - min(times)) + 1)
    at = np.subtract(times, min(times))

    def distribution(rate):
        weights = np.zeros(at.max() + 1)
        weights[at] = np.multiply(exposure, np.exp(rate * (at - at.mean())))
        weights /= weights.sum()
        chances = np.ones(1)
        for _ in range(events):
            chances = np.convolve(chances, weights)
        return chances

    null = distribution(0.0)
    mean = null @ scores
    deviation = math.sqrt(null @ (scores - mean) ** 2)
    tails = null[::-1].cumsum()[::-1]
    shows = (2 * tails <= alpha) & (scores - mean >= least_z * deviation)
    return distribution(rate)[shows].sum()


@pytest.mark.parametrize("alpha", [0.05, 0.05 / 8])
@pytest.mark.parametrize("least_z", [0.0, 3.92])
@pytest.mark.parametrize(
    ("events", "exposure", "times"),
    [
        (23, [7, 7], [0, 1]),
        (12, [35, 7], [0, 1]),
        (60, [7, 35], [0, 1]),
        (30, [7, 7, 7], [0, 1, 2]),
        (40, [7, 3, 1, 7, 6], [0, 1, 2, 4, 7]),
        (100, [7] * 8, range(8)),
    ],
)
def test_what_is_detectable_is_claimed_in_four_of_five_cases(
    events, exposure, times, alpha, least_z
):
    rate = exact.detectable_growth(events, exposure, times, alpha=alpha, least_z=least_z)
    if math.isinf(rate):
        assert chance_of_a_claim(50.0, events, exposure, times, alpha, least_z) < 0.8
        return
    chances = [
        chance_of_a_claim(rate + off, events, exposure, times, alpha, least_z)
        for off in (1e-6, -1e-3)
    ]
    assert chances[0] >= 0.8
    assert chances[1] < 0.8


def test_nothing_is_detectable_where_no_outcome_would_do():
    assert exact.detectable_growth(0, [7, 7], [0, 1], alpha=0.05) == math.inf
    assert exact.detectable_growth(5, [7, 7], [0, 1], alpha=0.05) == math.inf  # 2 / 2**5 > 0.05
    assert exact.detectable_growth(6, [7, 7], [0, 1], alpha=0.05) < math.inf
    assert exact.detectable_growth(6, [7, 7], [0, 1], alpha=0.05, least_z=3.92) == math.inf
    assert exact.detectable_growth(9, [7], [0], alpha=0.05) == math.inf


# Scatter -----------------------------------------------------------------------------------------


def weighted_regression(counts, exposure, times):
    """Return t-test and residuals of rates on times, by hand: counts have variance ~ exposure."""
    x, e, t = (np.asarray(values, dtype=float) for values in (counts, exposure, times))
    rates, center = x / e, (e * t).sum() / e.sum()
    level, slope = (
        x.sum() / e.sum(),
        (e * (t - center) * rates).sum() / (e * (t - center) ** 2).sum(),
    )
    rest = (e * (rates - level - slope * (t - center)) ** 2).sum()
    error = math.sqrt(rest / (len(x) - 2) / (e * (t - center) ** 2).sum())
    return 2 * stats.t.sf(abs(slope / error), len(x) - 2)


@pytest.mark.parametrize(
    ("counts", "exposure"),
    [
        ([0, 9, 0, 1, 16, 0, 2, 14], [7] * 8),
        ([3, 5, 8, 13, 20, 33], [7] * 6),
        ([3, 5, 8, 13, 2, 33, 1], [7, 3, 1, 7, 6, 7, 2]),
    ],
)
def test_a_change_against_the_scatter_is_the_t_test_of_weighted_regression(counts, exposure):
    times = np.arange(len(counts))
    rate = exact.growth(counts, exposure, times).rate
    fitted = exact.fitted_means(counts, exposure, times, rate)

    found = exact.scatter(counts, exposure, times, fitted)

    assert found.df == len(counts) - 2
    assert found.p_value == pytest.approx(weighted_regression(counts, exposure, times), rel=1e-8)
    if len(set(exposure)) == 1:
        assert found.p_value == pytest.approx(stats.linregress(times, counts).pvalue, rel=1e-8)
    chi_square = float(((np.array(counts) - fitted) ** 2 / fitted).sum())
    assert found.dispersion == pytest.approx(chi_square / found.df)
    assert found.p_dispersion == pytest.approx(stats.chi2.sf(chi_square, found.df))


def test_two_sides_against_their_scatter_are_the_t_test_of_two_samples():
    before, after = [3, 5, 2, 4, 6, 3, 4, 4, 3], [7, 9, 6, 8, 11]
    counts, sides = [*before, *after], [0] * 9 + [1] * 5
    fitted = [np.mean(before)] * 9 + [np.mean(after)] * 5

    found = exact.scatter(counts, [7] * 14, sides, fitted, fewest=exact.FEWEST_FOR_COMPARISON)

    assert found.df == 12
    assert found.p_value == pytest.approx(stats.ttest_ind(after, before).pvalue, rel=1e-9)


def test_periods_outside_both_sides_add_their_scatter():
    before, after, others = [3, 5, 2], [7], np.array([4, 8, 6, 2, 3, 9, 1, 5, 5])
    rest = float(((others - others.mean()) ** 2 / others.mean()).sum()), len(others) - 1
    counts, sides, fitted = [*before, *after], [0, 0, 0, 1], [10 / 3] * 3 + [7]

    found = exact.scatter(counts, [7] * 4, sides, fitted, fewest=10, rest=rest)

    beyond = exact.chi_square(before, fitted[:3]) + rest[0]
    assert found.df == 2 + 8
    assert found.dispersion == pytest.approx(beyond / 10)
    assert found.p_dispersion == pytest.approx(stats.chi2.sf(beyond, 10))


@pytest.mark.parametrize("periods", [2, 3, 5])
def test_with_too_few_degrees_of_freedom_the_variance_is_taken_for_four_times_the_mean(periods):
    counts, exposure, times = [3, 9, 4, 12, 16][:periods], [7] * periods, np.arange(periods)

    found = exact.scatter(counts, exposure, times, counts, fewest=4)

    center = times.mean()
    score = (counts * (times - center)).sum()
    z = score / math.sqrt(np.mean(counts) * ((times - center) ** 2).sum())
    assert found.df == periods - 2
    assert found.z == pytest.approx(z)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z) / 2))


def test_no_events_do_not_scatter():
    found = exact.scatter([0, 0, 0], [7] * 3, [0, 1, 2], [0, 0, 0])

    assert (found.z, found.df, found.p_dispersion, found.p_value) == (0, 1, 1, 1)
    assert math.isnan(found.dispersion)


@pytest.mark.parametrize(("df", "fewest"), [(0, 4), (3, 4), (4, 4), (9, 10), (10, 10), (102, 4)])
def test_a_change_of_the_least_standard_errors_passes_with_the_power_asked_for(df, fewest):
    z = exact.least_z(0.05, df, fewest=fewest)

    if df < fewest:
        assert z == pytest.approx(2 * stats.norm.isf(0.025))
    else:
        shift = z + stats.norm.ppf(0.8)
        assert stats.nct.sf(stats.t.isf(0.025, df), df, shift) == pytest.approx(0.8)


def test_events_in_one_period_alone_are_no_more_than_a_cluster():
    counts, times = [0] * 12 + [5], np.arange(13)
    rate = exact.growth(counts, [7] * 13, times).rate
    fitted = exact.fitted_means(counts, [7] * 13, times, rate)

    assert exact.scatter(counts, [7] * 13, times, fitted).p_value == 1
