"""A made-up table of dated events of any size: the same seed gives the same bytes.

Some regions and categories are far more common than others, one event in a thousand has no
category, dates are spread over five years in no order, and titles, in Chinese and English, hold
commas and quotes, so that a row of the CSV has about 100 bytes and some of them are quoted.

    python benchmarks/sizes/made_up.py FOLDER --rows 1000000 --csv
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PARTS = 8
CHUNK = 1_000_000
SEED = 20251201

REGIONS = ["CN", "US", "GB", "FR", "DE", "JP", "KR", "IN", "SG", "AE", "CA", "global"]
CATEGORIES = ["business", "deployment", "evaluation", "model"]
CATEGORIES += ["policy", "product", "research", "society"]
WITHOUT_CATEGORY = 0.001
NA = -(2**31)  # a missing integer, to R
FIRST_DAY, DAYS = np.datetime64("2021-01-01"), 5 * 365 + 1

TITLES = [
    "{who}发布第{n}版{what}，支持{m}种语言，并公布评测结果",
    "{who}：“{what}”已在{n}家医院和{m}所学校投入使用",
    "{who} releases version {n} of its {what} with a context of {m} thousand tokens",
    "{who}, with {m} partners, puts {n} million dollars into a {what}",
    'Regulator calls the {what} of {who} "not yet safe", asks for {n} tests within {m} days',
]
WHO = ["明珠科技", "北辰实验室", "Acme, Inc.", "Orchard Labs", "Nimbus", "东海大学", "Larkspur AI"]
WHAT = ["language model", "多模态模型", "code assistant", "语音助手", "data centre", "开放数据集"]


def titles(rng: np.random.Generator, number: int = 20_000) -> pa.Array:
    """Return titles to draw from."""
    template, who, what = (rng.integers(0, len(it), number) for it in (TITLES, WHO, WHAT))
    n, m = rng.integers(2, 1000, (2, number))
    return pa.array(
        TITLES[template[i]].format(who=WHO[who[i]], what=WHAT[what[i]], n=n[i], m=m[i])
        for i in range(number)
    )


def levels(rng: np.random.Generator, names: list[str], rows: int) -> pa.Array:
    """Return levels of which the k-th is drawn in proportion to 1/k, one byte each."""
    weights = 1 / np.arange(1, len(names) + 1)
    bounds = np.cumsum(weights / weights.sum())[:-1]
    codes = np.searchsorted(bounds, rng.random(rows)).astype(np.int8)
    return pa.DictionaryArray.from_arrays(pa.array(codes), names)


def chunk(rng: np.random.Generator, pool: pa.Array, rows: int) -> pa.Table:
    """Return some rows of the table."""
    category = levels(rng, CATEGORIES, rows)
    missing = pa.array(rng.random(rows) < WITHOUT_CATEGORY)
    days = FIRST_DAY + rng.integers(0, DAYS, rows)
    drawn = pa.array(rng.integers(0, len(pool), rows, dtype=np.int32))
    return pa.table(
        {
            "region": levels(rng, REGIONS, rows),
            "category": pc.if_else(missing, pa.scalar(None, category.type), category),
            "date": pa.array(days, pa.date32()),
            "title": pa.DictionaryArray.from_arrays(drawn, pool),
        }
    )


def chunks(rows: int, seed: list[int]) -> Iterator[pa.Table]:
    """Yield the rows of one part, as many at a time as fit into memory with ease."""
    rng = np.random.default_rng(seed)
    pool = titles(rng)
    for start in range(0, rows, CHUNK):
        yield chunk(rng, pool, min(CHUNK, rows - start))


def write_parquet(folder: Path, rows: int, seed: int = SEED) -> None:
    """Write the table as Parquet files of equal size."""
    folder.mkdir()
    for part in range(PARTS):
        size = rows * (part + 1) // PARTS - rows * part // PARTS
        writer = None
        for table in chunks(size, [seed, part]):
            plain = table.cast(pa.schema([(it.name, plain_type(it)) for it in table.schema]))
            writer = writer or pq.ParquetWriter(folder / f"part-{part}.parquet", plain.schema)
            writer.write_table(plain)
        if writer:
            writer.close()


def plain_type(field: pa.Field) -> pa.DataType:
    """Return the type of a column for any reader: text is text, however it was made."""
    return field.type.value_type if pa.types.is_dictionary(field.type) else field.type


def write_csv(folder: Path, file: Path) -> None:
    """Write the rows of the Parquet files, in their order, as one CSV; quoted where needed."""
    duckdb.sql(f"COPY (FROM '{folder}/*.parquet') TO '{file}' (HEADER)")


def write_codes(folder: Path, to: Path) -> None:
    """Write region, category and day as integers from 1, and for R: it reads them in base R."""
    to.mkdir()
    table = pq.read_table(folder, columns=["region", "category", "date"])
    for name, names in {"region": REGIONS, "category": CATEGORIES}.items():
        codes = pc.add(pc.index_in(table[name], pa.array(names)), 1)
        codes.fill_null(NA).to_numpy().astype("<i4").tofile(to / name)
        (to / f"{name}.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    table["date"].cast(pa.int32()).to_numpy().astype("<i4").tofile(to / "date")


def main() -> None:
    """Write the files that are asked for into a folder."""
    parser = argparse.ArgumentParser(description="write a made-up table of dated events")
    parser.add_argument("folder", type=Path, help="gets parquet/, and what else is asked for")
    parser.add_argument("--rows", type=int, default=1_000_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=SEED, help="default: %(default)s")
    parser.add_argument("--csv", action="store_true", help="write events.csv as well")
    parser.add_argument("--codes", action="store_true", help="write codes/, for R, as well")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    parquet = options.folder / "parquet"
    make(parquet, lambda to: write_parquet(to, options.rows, options.seed))
    if options.csv:
        make(options.folder / "events.csv", lambda to: write_csv(parquet, to))
    if options.codes:
        make(options.folder / "codes", lambda to: write_codes(parquet, to))


def make(path: Path, write: Callable[[Path], None]) -> None:
    """Write files unless they are there; only what is whole has the name."""
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
            write(Path(unfinished) / path.name)
            (Path(unfinished) / path.name).rename(path)


if __name__ == "__main__":
    main()
