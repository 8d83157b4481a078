"""Many rows of one table in one statement, or in one prepared one: made from the table's declaration."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Float, LargeBinary, Table, Text

_ARRAYS: dict[type, str] = {
    Text: "text[]",
    BigInteger: "bigint[]",
    Boolean: "boolean[]",
    Float: "double precision[]",
    LargeBinary: "bytea[]",
}


class Upsert:
    """Insert rows, or replace those with the same primary key. Rows are tuples in the order of `columns`."""

    __slots__ = ("columns", "postgres", "sqlite")

    def __init__(self, table: Table) -> None:
        self.columns = tuple(str(column.name) for column in table.columns)
        keys = [column.name for column in table.primary_key.columns]
        names = ", ".join(self.columns)
        news = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in keys)
        ending = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {news}"
        marks = ", ".join("?" for _ in self.columns)
        arrays = ", ".join(f"%b::{array_type(table, name)}" for name in self.columns)
        self.sqlite = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {ending}"
        self.postgres = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays}) {ending}"


def array_type(table: Table, column: str) -> str:
    """PostgreSQL's type for a list of the column's values."""
    return _ARRAYS[type(table.columns[column].type)]
