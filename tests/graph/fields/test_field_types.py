"""The fieldTypes query: what a client must know to offer each type."""

from domain.fields.registry import field_types
from tests.support.api import Api

TYPES = """
    { fieldTypes { type title description optionsSchema isComputed isWritable operators
                   examples { value output options typecast } } }
"""


async def test_every_type_is_described_with_schema_operators_and_examples(api: Api) -> None:
    result = await api.execute(TYPES)

    found = {each["type"]: each for each in result.ok["fieldTypes"]}
    assert list(found) == [key.upper() for key in field_types()]
    for key, each in found.items():
        type = field_types()[key.lower()]
        assert (each["title"], each["description"]) == (type.title, type.description)
        assert each["optionsSchema"] == type.options_model.model_json_schema()
        assert set(each["operators"]) == {operator.value for operator in type.conditions}
        assert len(each["examples"]) == len(type.examples)
    assert found["TEXT"]["optionsSchema"]["properties"]["max_length"]["maximum"] == 10_000
    assert (found["AUTONUMBER"]["isWritable"], found["AUTONUMBER"]["isComputed"]) == (False, False)


async def test_the_enum_describes_every_type(api: Api) -> None:
    document = '{ __type(name: "FieldType") { enumValues { name description } } }'

    result = await api.execute(document)

    described = {value["name"]: value["description"] for value in result.ok["__type"]["enumValues"]}
    assert described == {key.upper(): type.description for key, type in field_types().items()}
