"""The filter operators, as an enum of the API."""

from domain.fields.operators import FilterOperator
from graph.enums import expose

__all__ = ["FilterOperator"]

expose(
    FilterOperator,
    "How a filter compares a field with its value; `fieldTypes` says which operators fit a type.",
    {
        FilterOperator.EQ: "Equals; null means empty. Text is compared with regard to case.",
        FilterOperator.NEQ: "Does not equal; the exact complement of EQ.",
        FilterOperator.GT: "Is greater than, in the order that sorting by the field has.",
        FilterOperator.GTE: "Is greater than or equal.",
        FilterOperator.LT: "Is less than.",
        FilterOperator.LTE: "Is less than or equal.",
        FilterOperator.IN: "Is one of a list.",
        FilterOperator.NOT_IN: "Is none of a list; the exact complement of IN.",
        FilterOperator.CONTAINS: "Contains a text, with regard to case.",
        FilterOperator.NOT_CONTAINS: "Does not contain a text; the exact complement of CONTAINS.",
        FilterOperator.ICONTAINS: "Contains a text, without regard to case.",
        FilterOperator.STARTS_WITH: "Starts with a text, with regard to case.",
        FilterOperator.ENDS_WITH: "Ends with a text, with regard to case.",
        FilterOperator.IS_EMPTY: "Has no value.",
        FilterOperator.IS_NOT_EMPTY: "Has a value.",
        FilterOperator.HAS_ANY: "A list that has at least one of these.",
        FilterOperator.HAS_ALL: "A list that has all of these.",
        FilterOperator.HAS_NONE: "A list that has none of these.",
    },
)
