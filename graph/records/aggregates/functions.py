"""The aggregate functions and the buckets of time, as enums of the API."""

from domain.fields.aggregates import AggregateFunction, Bucket
from graph.enums import expose

__all__ = ["AggregateFunction", "Bucket"]

expose(
    AggregateFunction,
    "What is made of the values that the records of a group have in a field. All but COUNT, EMPTY and FILLED pass over "
    "empty values.",
    {
        AggregateFunction.COUNT: "Without a field the number of records, with one that of FILLED; fits every type.",
        AggregateFunction.FILLED: "How many records have a value; fits every type. A box has one if it is checked.",
        AggregateFunction.EMPTY: "How many records have no value; fits every type.",
        AggregateFunction.DISTINCT: "How many different values there are; fits every type. Texts differ by case, too; "
        "lists with the same items do not differ.",
        AggregateFunction.SUM: "The sum, exactly; null for none. A duration counts in seconds.",
        AggregateFunction.AVG: "The average, to at least 16 digits; null for none.",
        AggregateFunction.MIN: "The least value, as records have it; also of days and moments.",
        AggregateFunction.MAX: "The greatest value, as records have it; also of days and moments.",
        AggregateFunction.MEDIAN: "The value in the middle, or halfway between the two in the middle, exactly.",
    },
)
expose(
    Bucket,
    "The spans of the calendar into which days and moments are put.",
    {
        Bucket.HOUR: "Hours; for moments alone. The group's key is the moment at which the hour begins.",
        Bucket.DAY: "Days. The key is the day, YYYY-MM-DD.",
        Bucket.WEEK: "Weeks from Monday to Sunday, as in ISO 8601. The key is the Monday.",
        Bucket.MONTH: "Months. The key is the first day.",
        Bucket.QUARTER: "Quarters. The key is the first day.",
        Bucket.YEAR: "Years. The key is the first day.",
    },
)
