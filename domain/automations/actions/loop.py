"""The same for each of several records."""

from typing import Any
from uuid import UUID

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.faults import StepFailed
from domain.automations.nesting import ACTIONS
from domain.automations.step import Step
from domain.automations.template_types import RECORDS
from domain.automations.templates.texts import Escape
from domain.automations.values import id_in, number_in, object_in


class Loop(ActionType):
    """Does actions for each item of a list."""

    key = "loop"
    description = "Does actions for each record of a list or of a query, one after the other."
    position = 110
    config = (
        ConfigField(
            "records",
            RECORDS,
            "A list, or a query: `tableId` (that of the automation unless given), `filter` (`RecordFilter`), `limit`.",
            is_required=True,
        ),
        ConfigField(
            "actions",
            ACTIONS,
            "What is done for each: `{{item}}` is the record, `{{index}}` counts from 0.",
            default=(),
        ),
    )
    output = "`count`; `actions`: the outputs of the actions of the last round by their numbers"
    own = frozenset({"records", "actions"})
    hidden = frozenset({"actions"})
    is_flow = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`. The list is found once, whatever the actions do to what it was found by."""

        async def find() -> list[Any]:
            records = step.render(config["records"], Escape.PLAIN, "records")
            if isinstance(config["records"], dict):
                return await _found(object_in(records, "records"), step)
            return _items(records, step)  # an object that a template makes is no query: it may be a stranger's

        items = await step.once(find)
        for index, item in enumerate(items):
            names = {"item": item, "index": index}
            await step.run("actions", config["actions"], str(index + 1), names)
        return {"count": len(items)}


async def _found(query: dict[str, Any], step: Step) -> list[Any]:
    most = step.max_rounds
    limit = most if query.get("limit") is None else min(int(number_in(query["limit"], "records.limit")), most)
    table_id: UUID = id_in(query["tableId"], "records.tableId") if query.get("tableId") else step.table_id
    return list(await step.records.find(table_id, query.get("filter"), limit))


def _items(records: object, step: Step) -> list[Any]:
    most = step.max_rounds
    if not isinstance(records, list):
        raise StepFailed("records: it is no list.", field="records")
    if len(records) > most:
        raise StepFailed(f"records: a loop has at most {most:,}; these are {len(records):,}.", field="records")
    return records
