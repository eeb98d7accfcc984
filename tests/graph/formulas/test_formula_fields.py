"""Formula fields: what they show, how they refer to other fields, and what is refused when one is saved."""

import pytest

from tests.graph.formulas.conftest import Shop
from tests.support.refusals import done, refusal


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("Price * Count", 25),
        ("Price / 3", 4.166666666666667),
        ("UPPER(Name) & '!'", "PEN!"),
        ("Price > 10", True),
        ("Sold", False),
        ("Day", "2024-05-31"),
        ("DATEADD(Day, 1, 'month')", "2024-06-30T00:00:00Z"),
        ("Seen - Day", 50_400.5),
        ("ARRAYFLATTEN(Price, Count, BLANK() + 0)", [12.5, 2, 0]),
        ("BLANK()", None),
        ("IF(Sold, 1)", None),
        ("YEAR(NOW()) > 2000", True),
        ("LEN(RECORD_ID())", 36),
        ("Price / 0", {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."}),
        (
            "SQRT(-Price)",
            {"error": "OUT_OF_RANGE", "message": "A number that the function does not take, or that is too large."},
        ),
        (
            "(Seen - Day) * 1000000",
            {"error": "OUT_OF_RANGE", "message": "A number that the function does not take, or that is too large."},
        ),
        (
            "VALUE(Name)",
            {"error": "INVALID_VALUE", "message": "A text that is not what it must be, or that is too long."},
        ),
        ("ERROR()", {"error": "ERROR", "message": "The formula says so."}),
        ("IFERROR(Price / 0, -1)", -1),
    ],
)
async def test_a_formula_shows_values_of_its_type(shop: Shop, formula: str, value: object) -> None:
    pen = {"Name": "Pen", "Price": 12.5, "Count": 2, "Day": "2024-05-31", "Seen": "2024-05-31T14:00:00.5Z"}
    done(await shop.formula("It", formula))

    created = (await shop.records.create(pen)).ok["createRecord"]["record"]["fields"]["It"]

    read = (await shop.values("It"))["Pen"]
    assert read == pytest.approx(value) if isinstance(value, float) else read == value
    assert created == read
    assert isinstance(read, bool) == isinstance(value, bool)


async def test_a_formula_of_a_field_that_is_renamed_reads_with_the_new_name(shop: Shop) -> None:
    made = (await shop.formula("Total", "Price*{Count}")).ok["createField"]["field"]
    done(await shop.change("Count", name="How } many"))

    total = (await shop.fields())["Total"]

    assert made["options"]["formula"] == "{Price}*{Count}"
    assert (total["options"]["formula"], total["error"]) == ("{Price}*{How \\} many}", None)
    assert total["isComputed"] is True


async def test_the_formula_of_the_readme(shop: Shop) -> None:
    formula = "IF({Day} < TODAY(), 'late', ROUND({Price} * {Count}, 2) & ' EUR')"
    done(await shop.formula("It", formula, timezone="Europe/Berlin"))
    await shop.add(
        {"Name": "Pen", "Day": "2001-01-01"}, {"Name": "Ink", "Day": "9999-01-01", "Price": 1.255, "Count": 1}
    )

    assert await shop.values("It") == {"Pen": "late", "Ink": "1.26 EUR"}


async def test_a_formula_of_a_deleted_field_says_so_and_heals(shop: Shop) -> None:
    await shop.add({"Name": "Pen", "Price": 3, "Count": 2})
    done(await shop.formula("Total", "Price * Count"))
    done(await shop.remove("Count"))

    broken, [value] = (await shop.fields())["Total"], (await shop.values("Total")).values()
    assert broken["options"]["formula"] == "{Price} * {Count}"
    assert broken["error"] == "There is no field 'Count'. (line 1, column 11)"
    assert value == {"error": "INVALID_FORMULA", "message": "There is no field 'Count'. (line 1, column 11)"}
    assert await shop.names(orderBy=[{"field": "Total", "direction": "DESC"}]) == ["Pen"]

    done(await shop.field("Count", "NUMBER"))
    assert (await shop.fields())["Total"]["error"] is None
    assert await shop.values("Total") == {"Pen": 0}
    done(await shop.change("Count", name="Amount"))
    assert (await shop.fields())["Total"]["options"]["formula"] == "{Price} * {Amount}"


async def test_formulas_may_be_made_of_others_but_not_of_themselves(shop: Shop) -> None:
    await shop.add({"Name": "Pen", "Price": 10, "Count": 0})
    done(await shop.formula("Net", "Price / Count"))
    done(await shop.formula("Gross", "IF(ISERROR(Net), 'none', Net * 1.2 & '')"))

    refused = refusal(await shop.change("Net", options={"formula": "LEN(Gross)"}), "VALIDATION_ERROR")

    assert await shop.values("Gross") == {"Pen": "none"}
    [problem] = refused["errors"]
    assert "It is made of itself: Items.Net → Items.Gross → Items.Net." in problem["msg"]
    assert (await shop.fields())["Net"]["options"]["formula"] == "{Price} / {Count}"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "Price +",
            "The formula ends where '(' or a value or an operator was expected. (line 1, column 8)",
        ),
        (
            "1 +\n Name",
            "+ expects a number, not a text. Use VALUE to read a number from a text. (line 2, column 2)",
        ),
        ("Cost", "There is no field 'Cost'. (line 1, column 1) Did you mean 'Count'?"),
        ("1" + " " * 10_000, "The formula has 10,001 characters; at most 10,000 are allowed."),
        ("NOT(" * 65 + "1" + ")" * 65, "The formula is nested deeper than 64 levels. (line 1, column 257)"),
    ],
)
async def test_what_is_wrong_is_said_when_the_formula_is_saved(shop: Shop, formula: str, message: str) -> None:
    refused = refusal(await shop.formula("It", formula), "VALIDATION_ERROR")

    [problem] = refused["errors"]
    assert problem["loc"][:2] == ["field", "options"]
    assert problem["msg"] == message
    assert "It" not in await shop.fields()


async def test_the_names_of_fields_count_in_what_is_sent_but_not_in_what_is_kept(shop: Shop) -> None:
    long = "{Price} + " * 1_100 + "1"
    said = "The formula has 11,001 characters; at most 10,000 are allowed."
    [problem] = refusal(await shop.formula("It", long), "VALIDATION_ERROR")["errors"]
    assert (problem["loc"], problem["msg"]) == (["field", "options", "formula"], said)
    done(await shop.formula("It", "Price + " * 1_100 + "1"))
    [problem] = refusal(await shop.change("It", options={"formula": long}), "VALIDATION_ERROR")["errors"]
    assert (problem["loc"], problem["msg"]) == (["options", "formula"], said)

    name = "P" * 255
    done(await shop.change("Price", name=name))
    done(await shop.remove(name))

    it = (await shop.fields())["It"]
    assert len(it["options"]["formula"]) == 1_100 * 260 + 1
    assert it["error"] == f"There is no field {name!r}. (line 1, column 1)"


async def test_a_duration_that_no_field_holds_is_an_error_in_other_formulas_too(shop: Shop) -> None:
    done(await shop.formula("Span", "(Seen - Day) * 1000000"))
    done(await shop.formula("Bad", "ISERROR(Span + 1)"))
    await shop.add({"Name": "Pen", "Day": "2024-05-31", "Seen": "2024-05-31T14:00:00Z"}, {"Name": "Ink"})

    assert await shop.values("Bad") == {"Pen": True, "Ink": False}


async def test_a_field_that_a_formula_needs_as_it_is_is_not_converted(shop: Shop) -> None:
    await shop.add({"Name": "Pen", "Price": 10, "Count": 2})
    done(await shop.formula("Total", "Price * Count"))
    done(await shop.formula("Label", "Price & ''"))

    refused = refusal(await shop.change("Price", type="TEXT"), "CONFLICT")

    assert refused["message"] == (
        "Items.Total depends on it and would have no values: * expects a number, not a text. "
        "Use VALUE to read a number from a text. (line 1, column 1)"
    )
    assert await shop.values("Total") == {"Pen": 20}
    done(await shop.remove("Total"))
    done(await shop.change("Price", type="TEXT"))
    assert await shop.values("Label") == {"Pen": "10"}


async def test_days_and_hours_are_those_of_the_field_s_time_zone(shop: Shop) -> None:
    await shop.add({"Name": "Pen", "Seen": "2024-05-31T23:30:00Z"})
    done(await shop.formula("There", "DATESTR(Seen)", timezone="Europe/Berlin"))
    done(await shop.formula("Here", "DATESTR(Seen)"))

    assert (await shop.values("There"), await shop.values("Here")) == ({"Pen": "2024-06-01"}, {"Pen": "2024-05-31"})
    refused = refusal(await shop.formula("Nowhere", "1", timezone="Berlin"), "VALIDATION_ERROR")
    assert refused["errors"][0]["loc"] == ["field", "options", "timezone"]


async def test_a_formula_cannot_be_written(shop: Shop) -> None:
    done(await shop.formula("Total", "Price * Count"))

    refusal(await shop.records.create({"Name": "Pen", "Total": 5}), "VALIDATION_ERROR")

    assert await shop.records.all() == []


# --- filters, orders, groups, search ---


async def _ratios(shop: Shop, formula: str) -> None:
    done(await shop.formula("Ratio", formula))
    counts = {"A": 4, "B": 0, "C": 1, "D": None, "E": 2}
    await shop.add(*({"Name": name, "Price": 8, "Count": count} for name, count in counts.items()))


@pytest.mark.parametrize("formula", ["Price / Count", "IF(NOW(), Price / Count)"], ids=["stored", "computed"])
async def test_errors_come_last_in_both_directions(shop: Shop, formula: str) -> None:
    await _ratios(shop, formula)

    orders = [[{"field": "Ratio", "direction": direction}] for direction in ("ASC", "DESC")]

    assert [await shop.names(orderBy=order) for order in orders] == [list("AECBD"), list("CEADB")]
    for order in orders:
        whole, pages, after = await shop.names(orderBy=order), [], None
        for _ in whole:
            page = (
                await shop.records.page(
                    first=1, after=after, orderBy=order, selection="nodes { fields } pageInfo { endCursor }"
                )
            ).ok
            pages += [node["fields"]["Name"] for node in page["records"]["nodes"]]
            after = page["records"]["pageInfo"]["endCursor"]
        assert pages == whole


@pytest.mark.parametrize("formula", ["Price / Count", "IF(NOW(), Price / Count)"], ids=["stored", "computed"])
async def test_errors_have_no_value_for_filters(shop: Shop, formula: str) -> None:
    await _ratios(shop, formula)

    assert await shop.names(filter={"field": "Ratio", "operator": "GTE", "value": 4}) == ["C", "E"]
    assert await shop.names(filter={"field": "Ratio", "operator": "NEQ", "value": 4}) == ["A", "B", "C", "D"]
    assert await shop.names(filter={"field": "Ratio", "operator": "IS_EMPTY"}) == ["B", "D"]


async def test_what_a_formula_shows_is_searched(shop: Shop) -> None:
    done(await shop.formula("Label", "Name & ' for ' & Price"))
    await shop.add({"Name": "Pen", "Price": 12}, {"Name": "Ink", "Price": 7})

    assert await shop.names(search="FOR 7") == ["Ink"]


async def test_a_cursor_is_refused_once_the_formula_of_its_order_has_another_type_or_may_fail(shop: Shop) -> None:
    await _ratios(shop, "IF(NOW(), Name)")
    order = [{"field": "Ratio"}]
    page = await shop.records.page(first=2, orderBy=order, selection="nodes { id } pageInfo { endCursor }")
    cursor = page.ok["records"]["pageInfo"]["endCursor"]

    for formula in ("IF(NOW(), REPT(Name, 2))", "IF(NOW(), Price)"):
        done(await shop.change("Ratio", options={"formula": formula}))
        refused = refusal(await shop.records.page(first=2, after=cursor, orderBy=order), "BAD_REQUEST")
        assert refused["message"].startswith("'after' is not a cursor of this list")


async def test_a_formula_of_a_choice_has_its_name(shop: Shop) -> None:
    done(await shop.field("Kind", "SINGLE_SELECT", {"choices": [{"name": "Tool"}]}))
    done(await shop.formula("Shown", "{Name} & ' (' & {Kind} & ')'"))

    await shop.add({"Name": "Pen", "Kind": "Tool"})

    assert await shop.values("Shown") == {"Pen": "Pen (Tool)"}
    assert await shop.names(orderBy=[{"field": "Shown"}], search="(tool)") == ["Pen"]


async def test_a_field_that_was_meant_is_named_to_who_saves_a_formula_and_to_nobody_else(shop: Shop) -> None:
    fault, hint = "There is no field 'Prise'. (line 1, column 1)", " Did you mean 'Price'?"
    refused = refusal(await shop.formula("It", "{Prise} * 2"), "VALIDATION_ERROR")
    assert refused["errors"][0]["msg"] == f"{fault}{hint}"

    done(await shop.formula("It", "{Price} * 2"))
    refused = refusal(await shop.change("It", options={"formula": "{Prise} * 3"}), "VALIDATION_ERROR")
    assert refused["errors"][0]["msg"] == f"{fault}{hint}"
    assert (await shop.fields())["It"]["options"]["formula"] == "{Price} * 2"
