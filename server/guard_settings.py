"""Settings: what an operation may be made of, and what its caller may spend."""

from datetime import timedelta

from pydantic import Field, NonNegativeInt, PositiveInt

from server.settings_section import Section


class Guards(Section):
    """What an operation may be made of, and what its caller may spend. Subscriptions count when they begin."""

    max_document_characters: PositiveInt = Field(100_000, description="Characters of a document.")
    max_document_tokens: PositiveInt = Field(2_000, description="Tokens of a document; and comments, as many again.")
    max_query_depth: PositiveInt = Field(
        15, description="Levels of fields. This and what follows counts what fragments bring in, each time."
    )
    max_query_aliases: PositiveInt = Field(30, description="Fields with an alias in an operation.")
    max_query_directives: PositiveInt = Field(50, description="Directives in an operation.")
    max_root_fields: PositiveInt = Field(20, description="Root fields of an operation.")
    max_selected_fields: PositiveInt = Field(1_000, description="Fields that an operation selects.")
    max_field_recursion: PositiveInt = Field(
        4, description="How often a field may be selected on the way down to another, itself included."
    )
    max_literal_depth: PositiveInt = Field(64, description="Levels of lists and objects that stand in a document.")
    assumed_list_size: PositiveInt = Field(
        5, description="How many items a list without pages is taken to have, for the cost of a query."
    )
    max_answer_values: PositiveInt = Field(
        100_000,
        description="Fields of all objects in an answer, not counting records; a tool that asks for the whole schema "
        "needs some 26,000.",
    )
    max_query_cost: PositiveInt = Field(
        100_000,
        description="Cost of an operation: its fields, each times the sizes of the pages that it is in, and 5 for each "
        "item of the lists that a mutation brings in.",
    )
    max_cost_per_minute: NonNegativeInt = Field(
        1_000_000,
        description="Cost of all operations of a user, an API key or an anonymous address in a minute; 0 for no bound. "
        "Counted where `rate_limit_url` says.",
    )
    max_form_submissions_per_minute: PositiveInt = Field(
        300, description="Submissions of a published form in a minute, counted where `rate_limit_url` says."
    )
    max_client_submissions_per_minute: PositiveInt = Field(
        30,
        description="Submissions of published forms from one address (of IPv6 a network of 64 bits) in a minute.",
    )
    report_cost: bool = Field(True, description="Whether answers have their cost in `extensions`.")
    execution_timeout: timedelta = Field(
        timedelta(seconds=10),
        ge=timedelta(0),
        description="How long a query or mutation may take (ISO 8601), 0 for ever. Changes of tables or fields, "
        "and imports, may take `schema_statement_timeout_ms` once they begin. See `statement_timeout_ms`, too.",
    )
    document_cache_bytes: PositiveInt = Field(
        32 << 20,
        description="Bytes of memory for known documents, their plans and what is wrong with them: some 500 of 100 "
        "tokens. The collector looks through all of them now and then, for 100 ms or so.",
    )
    statement_cache_bytes: PositiveInt = Field(64 << 20, description="Bytes of memory for statements made of queries.")
