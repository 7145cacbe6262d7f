"""Exact statistics of small counts: what a handful of events can carry, and what it cannot.

A count of events that come one by one is a Poisson count, and its interval needs no approximation
(Garwood). Two such counts are compared given their sum, which leaves a binomial; a trend over many
is judged given theirs, which leaves a multinomial whose score, the sum of the periods that the
events lie in, has a distribution that can be computed in full. So p-value and interval belong to
each other, whatever the size: p is twice the smaller tail, and an interval holds the values that
such a test would not reject. Where events come in clusters none of this is valid, and the scatter
of the counts has to say so. Arrays in, arrays out; nothing here knows a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, optimize, special

Floats = NDArray[np.float64]

EXACT_UP_TO = 200_000
"""Values that a score may take for its distribution to be computed in full, by convolution.

Beyond stands the saddlepoint approximation for lattices (Lugannani and Rice 1980, Daniels 1987),
which there gives the p-value to 1e-6, and the ends of the interval to a thousandth of its width,
unless all but a few events, or of days covered, lie in one period.
"""

FEWEST_FOR_TREND, FEWEST_FOR_COMPARISON = 4, 12
"""Degrees of freedom from which on the scatter of the counts is estimated from them.

A side of one period has the skewness of a single count, which a trend averages out.
"""

ASSUMED_DISPERSION = 4.0
"""Variance over mean that a change must withstand where too few periods show their scatter."""

POWER = 0.8
"""The probability with which a detectable change would have been claimed."""

_FURTHEST = 700.0  # a log change per period as good as infinite


class Interval(NamedTuple):
    """The lower and the upper end of an interval."""

    lower: Any
    upper: Any


class RateRatio(NamedTuple):
    """One rate over another, with its interval and the p-value of no difference."""

    ratio: Any
    lower: Any
    upper: Any
    p_value: Any


class Growth(NamedTuple):
    """A log change per period, with its interval and the p-value of no change."""

    rate: float
    lower: float
    upper: float
    p_value: float


class Scatter(NamedTuple):
    """How far counts vary beyond what was fitted to them.

    ``z`` is the change in standard errors of Poisson counts, ``dispersion`` variance over mean,
    ``p_dispersion`` the p-value of its being 1, ``p_value`` that of the change against the scatter.
    """

    z: float
    df: int
    dispersion: float
    p_dispersion: float
    p_value: float


def poisson_interval(
    count: ArrayLike, exposure: ArrayLike = 1, *, conf_level: ArrayLike = 0.95
) -> Interval:
    """Return the exact interval of a rate: of the events per unit of exposure behind a count.

    Parameters
    ----------
    count
        Events: whole numbers, zero or more.
    exposure
        What they were counted in, such as covered days.
    conf_level
        The probability that the interval holds the rate, at least.

    Returns
    -------
    lower, upper
        Numbers or arrays, as the arguments are; they broadcast.

    Raises
    ------
    ValueError
        If a count is negative or no whole number, an exposure not positive, or a level not between
        0 and 1.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. *Biometrika* 28, 437–442.

    Examples
    --------
    None in ten days, and still up to 0.37 a day:

    >>> print("{:.2f} {:.2f}".format(*poisson_interval(0, 10)))
    0.00 0.37
    >>> poisson_interval([5, 20]).upper.round(1)
    array([11.7, 30.9])
    """
    n, e = _counts("count", count), _positive("exposure", exposure)
    half = _half("conf_level", conf_level)
    lower = np.where(n > 0, special.gammaincinv(np.maximum(n, 1), half), 0.0) / e
    upper = special.gammainccinv(n + 1, half) / e
    return Interval(lower[()], upper[()])


def rate_ratio(
    count_1: ArrayLike,
    exposure_1: ArrayLike,
    count_2: ArrayLike,
    exposure_2: ArrayLike,
    *,
    conf_level: ArrayLike = 0.95,
) -> RateRatio:
    """Compare two rates exactly: the first over the second.

    Given the sum of the counts, the first is binomial; its Clopper–Pearson interval becomes that of
    the ratio, and the p-value, twice the smaller tail, agrees with it.

    Parameters
    ----------
    count_1, count_2
        Events: whole numbers, zero or more.
    exposure_1, exposure_2
        What they were counted in, such as covered days.
    conf_level
        The probability that the interval holds the ratio, at least.

    Returns
    -------
    ratio, lower, upper, p_value
        Numbers or arrays, as the arguments are; they broadcast. Something over nothing is infinite,
        nothing over nothing has no ratio (NaN) and an interval from 0 to infinity.

    Raises
    ------
    ValueError
        As for :func:`poisson_interval`.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson
    series. *Biometrika* 31, 313–323. Clopper, C. J. and Pearson, E. S. (1934). *Biometrika* 26,
    404–413. Fay, M. P. (2010). Two-sided exact tests and matching confidence intervals for discrete
    data. *R Journal* 2(1), 53–58.

    Examples
    --------
    Fourteen events after nine, “up 56 %”, may as well be a third fewer:

    >>> print("{:.2f} ({:.2f} to {:.2f}), p = {:.2f}".format(*rate_ratio(14, 7, 9, 7)))
    1.56 (0.63 to 4.07), p = 0.40
    """
    x, y = np.broadcast_arrays(_counts("count_1", count_1), _counts("count_2", count_2))
    d, e = _positive("exposure_1", exposure_1), _positive("exposure_2", exposure_2)
    half = _half("conf_level", conf_level)
    x, y, d, e, half = np.broadcast_arrays(x, y, d, e, half)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(x + y > 0, np.divide(x, d) / np.divide(y, e), np.nan)
        low = _beta_quantile(x, y + 1, half)
        high = _beta_quantile(y, x + 1, half)  # of the second share: exact where it is small
        lower, upper = low / (1 - low) * e / d, (1 - high) / high * e / d
    at_least = _binomial_tail(x, y, d / (d + e))
    at_most = _binomial_tail(y, x, e / (d + e))
    p_value = np.minimum(1.0, 2 * np.minimum(at_least, at_most))
    return RateRatio(ratio[()], lower[()], upper[()], p_value[()])


def holm(p_values: ArrayLike) -> Floats:
    """Adjust the p-values of one family of claims; missing ones are no members of it.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal
    of Statistics* 6, 65–70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, float("nan")])
    array([0.03, 0.06, 0.06,  nan])
    """
    p = np.array(p_values, dtype=float)
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    left = len(order) - np.arange(len(order))
    p[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * left))
    return p


def growth(
    counts: ArrayLike, exposure: ArrayLike, times: ArrayLike, *, conf_level: float = 0.95
) -> Growth:
    """Return the exact conditional log-linear trend of counts over times.

    Given their number, the events fall into the periods with weights exposure · exp(rate · time).
    The score, the sum of the times of all events, holds all that they say about the rate.

    Parameters
    ----------
    counts, exposure
        Of each period: events, and what they were counted in, all of it positive.
    times
        Whole numbers: the place of each period.
    conf_level
        As in :func:`poisson_interval`.

    Returns
    -------
    rate, lower, upper, p_value
        Without events the rate is NaN; with all of them in the first or last period, infinite.

    Raises
    ------
    ValueError
        As for :func:`poisson_interval`, or if two periods have one time.

    References
    ----------
    Cox, D. R. and Lewis, P. A. W. (1966). *The Statistical Analysis of Series of Events*, ch. 3.

    Examples
    --------
    >>> print("{:.2f} ({:.2f} to {:.2f}), p = {:.3f}".format(*growth([2, 3, 6], [7] * 3, range(3))))
    0.58 (-0.25 to 1.51), p = 0.197
    """
    x, e = _counts("counts", counts), _positive("exposure", exposure)
    half = float(_half("conf_level", conf_level))
    t = np.asarray(times, dtype=np.int64)
    if len({*t}) < len(t):
        raise ValueError(f"times={t.tolist()}: must differ")
    if x.sum() == 0 or len(t) < 2:
        return Growth(np.nan, -np.inf, np.inf, 1.0)
    events, score = int(x.sum()), int((x * (t - t.min())).sum())
    draws = Draws(events, e, t, score)
    lower, upper = -np.inf, np.inf
    if score > 0:
        lower = _root(lambda rate: draws.at_least(score, rate) - half, draws.tilt)
    if score < draws.highest:
        upper = _root(lambda rate: draws.at_most(score, rate) - half, draws.tilt)
    p_value = min(1.0, 2 * min(draws.at_least(score, 0.0), draws.at_most(score, 0.0)))
    return Growth(draws.rate_of(score), lower, upper, p_value)


def detectable_growth(
    events: int,
    exposure: ArrayLike,
    times: ArrayLike,
    *,
    alpha: float,
    least_z: float = 0.0,
    power: float = POWER,
) -> float:
    """Return the smallest growth that so many events would have shown with a given power.

    Parameters
    ----------
    events
        In all periods together.
    exposure, times
        As in :func:`growth`. With two periods the result is the log of a rate ratio.
    alpha
        What the p-value must not exceed.
    least_z
        How many standard errors of Poisson counts the change must reach besides.
    power
        The probability of both.

    Returns
    -------
    float
        Infinite where no outcome would do.

    Examples
    --------
    Of 23 events in two weeks, the second would need to have some 3.7 times the first's:

    >>> round(float(np.exp(detectable_growth(23, [7, 7], [0, 1], alpha=0.05))), 1)
    3.7
    """
    e, t = np.asarray(exposure, dtype=float), np.asarray(times, dtype=np.int64)
    if events == 0 or len(t) < 2:
        return np.inf
    mean, deviation, _ = Draws(events, e, t, 0).moments(0.0)
    far = mean + max(least_z, -special.ndtri(alpha / 2)) * deviation
    draws = Draws(events, e, t, int(min(far, events * (t.max() - t.min()))))

    def shown(score: int) -> bool:
        near = score - mean < least_z * deviation
        return not near and 2 * draws.at_least(score, 0.0) <= alpha

    low, high = int(mean), draws.highest
    if not shown(high):
        return np.inf
    while low + 1 < high:  # the smallest score that shows lies above low, and at high or below
        middle = (low + high) // 2
        low, high = (low, middle) if shown(middle) else (middle, high)
    return _root(lambda rate: draws.at_least(high, rate) - power, draws.tilt)


def scatter(
    counts: ArrayLike,
    exposure: ArrayLike,
    times: ArrayLike,
    fitted: ArrayLike,
    *,
    fewest: int = FEWEST_FOR_TREND,
    rest: tuple[float, int] = (0.0, 0),
) -> Scatter:
    """Hold a change against how the counts scatter: in clusters they go up and down by themselves.

    Events that come in clusters give p-values of Poisson counts that are too small. So the change
    is measured a second time, in units of the scatter seen (the t-test of the weighted regression
    of rates on times), or, where there are too few degrees of freedom to see it, as if the variance
    were four times the mean.

    Parameters
    ----------
    counts, exposure, times
        As in :func:`growth`; to compare two sides, 0 for one and 1 for the other.
    fitted
        What the change predicts for each period, given the sum.
    fewest
        Degrees of freedom that are not too few.
    rest
        Pearson's chi-square and degrees of freedom of more periods that scatter likewise.

    Returns
    -------
    Scatter

    Examples
    --------
    A Poisson test finds growth here (p = 0.0001); the scatter does not bear it out:

    >>> counts, days, weeks = [0, 9, 0, 1, 16, 0, 2, 14], [7] * 8, range(8)
    >>> rate = growth(counts, days, weeks).rate
    >>> found = scatter(counts, days, weeks, fitted_means(counts, days, weeks, rate))
    >>> print(f"{found.dispersion:.1f} {found.p_value:.2f}")
    9.2 0.41
    """
    x, e, t = (np.asarray(values, dtype=float) for values in (counts, exposure, times))
    n, df = x.sum(), max(len(x) - 2, 0) + rest[1]
    if n == 0:
        return Scatter(0.0, df, np.nan, 1.0, 1.0)
    null = n * e / e.sum()
    center = (null * t).sum() / n
    deviation = np.sqrt((null * (t - center) ** 2).sum())
    z = float((x * (t - center)).sum() / deviation) if deviation > 0 else 0.0
    around = chi_square(x, null) - z**2 + rest[0]
    beyond = chi_square(x, np.asarray(fitted, dtype=float)) + rest[0]
    p_dispersion = float(special.gammaincc(df / 2, beyond / 2)) if df else 1.0
    dispersion = beyond / df if df else np.nan
    if df and np.count_nonzero(x) == 1 and not rest[0]:
        p_value = 1.0  # all events in one period may be one cluster
    elif df < fewest:
        p_value = 2 * special.ndtr(-abs(z) / np.sqrt(ASSUMED_DISPERSION))
    else:
        p_value = 2 * special.stdtr(df, -abs(z) / np.sqrt(max(around, 1e-300) / df))
    return Scatter(z, df, float(dispersion), p_dispersion, float(p_value))


def least_z(
    alpha: float, df: int, *, power: float = POWER, fewest: int = FEWEST_FOR_TREND
) -> float:
    """Return how many standard errors of Poisson counts pass :func:`scatter` with some power.

    The scatter seen is itself a matter of chance; a change needs so much more as the noncentral t
    distribution says.
    """
    if df < fewest:
        return float(-special.ndtri(alpha / 2) * np.sqrt(ASSUMED_DISPERSION))
    needed = special.nctdtrinc(df, 1 - power, -special.stdtrit(df, alpha / 2))
    return float(needed - special.ndtri(power))


def fitted_means(counts: ArrayLike, exposure: ArrayLike, times: ArrayLike, rate: float) -> Floats:
    """Return what a growth rate predicts for each period, given the number of events."""
    n, t = np.asarray(counts, dtype=float).sum(), np.asarray(times, dtype=float)
    if not len(t):
        return np.zeros(0)
    logs = np.log(np.asarray(exposure, dtype=float)) + _finite(rate) * (t - t.mean())
    means: Floats = n * _softmax(logs)
    return means


def chi_square(counts: ArrayLike, fitted: ArrayLike) -> float:
    """Return Pearson's chi-square; where nothing is expected and nothing there, nothing is off."""
    x, m = np.asarray(counts, dtype=float), np.asarray(fitted, dtype=float)
    return float((np.divide((x - m) ** 2, m, out=np.zeros_like(m), where=m > 0)).sum())


class Draws:
    """The sum of the scores of so many draws, each score with weight exposure · exp(rate · score).

    Its distribution is computed once, at the rate `tilt` under which `center` is in the middle, and
    carried over to any other rate by its likelihood ratio. Tails that start near the center are
    right in all digits that way, since the terms only get smaller.

    Parameters
    ----------
    number
        Of draws.
    exposure
        The weights at rate 0.
    times
        The scores, up to a constant: the smallest counts as 0.
    center
        A value of the sum, near which tails are wanted.
    """

    def __init__(
        self, number: int, exposure: Floats, times: NDArray[np.int64], center: int
    ) -> None:
        self.number = number
        self.scores = times - times.min()
        self.log_exposure = np.log(exposure)
        self.highest = number * int(self.scores.max())
        self.tilt = self.rate_of(np.clip(center, 0.5, self.highest - 0.5))

    def at_least(self, score: int, rate: float) -> float:
        """Return the probability of a sum of `score` or more under a rate."""
        if self.highest > EXACT_UP_TO:
            return self._saddlepoint(score - 0.5, rate, 1)
        if rate > self.tilt:
            return 1 - self._tail(slice(None, score), score - 1, rate)
        return self._tail(slice(score, None), score, rate)

    def at_most(self, score: int, rate: float) -> float:
        """Return the probability of a sum of `score` or less under a rate."""
        if self.highest > EXACT_UP_TO:
            return self._saddlepoint(score + 0.5, rate, -1)
        if rate < self.tilt:
            return 1 - self._tail(slice(score + 1, None), score + 1, rate)
        return self._tail(slice(None, score + 1), score, rate)

    def moments(self, rate: float) -> tuple[float, float, float]:
        """Return mean, standard deviation and skewness of the sum under a rate."""
        weights = _softmax(self.log_exposure + rate * self.scores)
        mean = weights @ self.scores
        off = self.scores - mean
        variance = self.number * (weights @ off**2)
        skewness = self.number * (weights @ off**3) / variance**1.5 if variance > 0 else 0.0
        return float(self.number * mean), float(np.sqrt(variance)), float(skewness)

    def rate_of(self, mean: float) -> float:
        """Return the rate under which the sum has a given mean: of a sum, its estimate."""
        if mean <= 0 or mean >= self.highest:
            return float(np.copysign(np.inf, mean - self.highest / 2))
        wanted = mean / self.number

        def missing(rate: float) -> float:
            return float(_softmax(self.log_exposure + rate * self.scores) @ self.scores) - wanted

        return _root(missing, 0.0)

    @cached_property
    def _chances(self) -> Floats:
        """The distribution at the tilt: the draws' own, convolved with itself by squaring."""
        weights = np.zeros(int(self.scores.max()) + 1)
        weights[self.scores] = _softmax(self.log_exposure + self.tilt * self.scores)
        size = fft.next_fast_len(self.highest + 1, real=True)
        powers = fft.rfft(weights, size) ** self.number
        chances: Floats = np.maximum(fft.irfft(powers, size)[: self.highest + 1], 0)
        return chances

    def _log_ratio(self, rate: float, score: float) -> float:
        """Return the log of how much likelier a rate makes a sum than the tilt does."""
        away = self.scores - score / self.number
        here, there = (_log_sum(self.log_exposure + it * away) for it in (rate, self.tilt))
        return self.number * (there - here)

    def _tail(self, part: slice, first: int, rate: float) -> float:
        """Return the probability of a part of the sums, of which `first` is next to the rest."""
        chances = self._chances[part]
        if not len(chances):
            return 0.0
        away = np.arange(self.highest + 1)[part] - first
        scaled = float((chances * np.exp((rate - self.tilt) * away)).sum())
        return min(1.0, scaled * math.exp(min(self._log_ratio(rate, first), _FURTHEST)))

    def _saddlepoint(self, score: float, rate: float, sign: int) -> float:
        """Return the probability of a sum above (`sign` 1) or below a half-integer."""
        there = self.rate_of(score)
        if np.isinf(there):
            return float(np.sign(there) != sign)
        s = there - rate
        base, top = (_log_sum(self.log_exposure + it * self.scores) for it in (rate, there))
        _, deviation, skewness = self.moments(there)
        w = math.copysign(math.sqrt(max(2 * (s * score - self.number * (top - base)), 0)), s)
        u = 2 * math.sinh(np.clip(s / 2, -300, 300)) * deviation
        off = 1 / w - 1 / u if abs(w) > 0.01 else skewness / 6  # at the mean the terms cancel
        density = math.exp(-(w**2) / 2) / math.sqrt(2 * math.pi)
        return float(np.clip(special.ndtr(-sign * w) - sign * density * off, 0, 1))


# Numbers that must hold --------------------------------------------------------------------------


def _counts(name: str, values: ArrayLike) -> Floats:
    numbers = np.asarray(values, dtype=float)
    wrong = ~((numbers >= 0) & (numbers == np.floor(numbers)) & np.isfinite(numbers))
    return _refused(name, numbers, wrong, "must be a whole number, zero or more")


def _positive(name: str, values: ArrayLike) -> Floats:
    numbers = np.asarray(values, dtype=float)
    return _refused(name, numbers, ~((numbers > 0) & np.isfinite(numbers)), "must be positive")


def _half(name: str, levels: ArrayLike) -> Floats:
    numbers = np.asarray(levels, dtype=float)
    wrong = ~((numbers > 0) & (numbers < 1))
    return (1 - _refused(name, numbers, wrong, "must lie between 0 and 1")) / 2


def _refused(name: str, numbers: Floats, wrong: NDArray[np.bool_], rule: str) -> Floats:
    if wrong.any():
        raise ValueError(f"{name}={numbers[wrong].flat[0]:g}: {rule}")
    return numbers


def _beta_quantile(a: Floats, b: Floats, q: Floats) -> Floats:
    found: Floats = np.where(a > 0, special.betaincinv(np.maximum(a, 1), b, q), 0.0)
    return found


def _binomial_tail(x: Floats, y: Floats, share: Floats) -> Floats:
    """Return the probability of `x` or more of `x + y`."""
    tail: Floats = np.where(x > 0, special.betainc(np.maximum(x, 1), y + 1, share), 1.0)
    return tail


def _log_sum(logs: Floats) -> float:
    top = logs.max()
    return float(top + np.log(np.exp(logs - top).sum()))


def _softmax(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max())
    shares: Floats = weights / weights.sum()
    return shares


def _finite(rate: float) -> float:
    return float(np.clip(rate, -_FURTHEST, _FURTHEST))


def _root(of: Callable[[float], float], near: float) -> float:
    """Return where a monotone function is 0, looking ever further from a guess; else infinity."""
    step, start = 0.1, of(near)
    if start == 0:
        return near
    rising = of(near + 1e-3) > start
    way = -1 if (start > 0) == rising else 1
    end = near + way * step
    while (of(end) > 0) == (start > 0):
        step *= 2
        end = near + way * step
        if step > _FURTHEST:
            return float(way * np.inf)
    found = optimize.brentq(of, min(near, end), max(near, end), xtol=1e-10, rtol=1e-10)
    return float(found)
