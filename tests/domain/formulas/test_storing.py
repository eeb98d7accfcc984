"""What is stored names fields by their ids, and is read with the names that they have now."""

from uuid import UUID

from domain.formulas.storing import readable_form, renamed_form, stored_form

PRICE = UUID("0191f0e5-0000-7000-8000-000000000001")
COUNT = UUID("0191f0e5-0000-7000-8000-000000000002")
IDS = {"Price": PRICE, "How } many": COUNT}
TEXT = 'Price  *\n{How \\} many} & "{Price}"'


def test_names_become_ids_and_all_else_stays() -> None:
    assert stored_form(TEXT, IDS) == f'{{fld:{PRICE}}}  *\n{{fld:{COUNT}}} & "{{Price}}"'


def test_a_stored_formula_is_read_with_the_present_names() -> None:
    stored = stored_form(TEXT, IDS)

    assert readable_form(stored, {PRICE: "Cost", COUNT: "a\\b}"}) == '{Cost}  *\n{a\\\\b\\}} & "{Price}"'


def test_a_name_that_is_not_there_is_kept_until_it_is() -> None:
    stored = stored_form(TEXT, {"Price": PRICE})

    assert stored == f'{{fld:{PRICE}}}  *\n{{How \\}} many}} & "{{Price}}"'
    assert stored_form(stored, IDS) == stored_form(TEXT, IDS)


def test_a_copy_names_the_copies_of_the_fields() -> None:
    other = UUID("0191f0e5-0000-7000-8000-000000000003")

    assert renamed_form(stored_form("Price * Size", IDS), {PRICE: other}) == f"{{fld:{other}}} * Size"
