"""The field table: the checked-in data is what the generator writes from the SDK that the lock names."""

from __future__ import annotations

from signer_app.chains.xrpl.codec import definitions, make_definitions, reader, writer


def test_the_checked_in_table_is_what_the_generator_writes() -> None:
    assert make_definitions.TARGET.read_text(encoding="utf-8") == make_definitions.render(
        make_definitions.build()
    )
    assert definitions.SOURCE.startswith("xrpl-py ")


def test_field_ids_are_unique_and_in_their_shortest_form() -> None:
    headers = [field.header for field in definitions.FIELDS.values()]
    assert len(set(headers)) == len(headers)
    # Two from the ledger's documentation ("Field IDs"), one of each longer form.
    assert definitions.FIELDS["TransactionType"].header == b"\x12"
    assert definitions.FIELDS["Paths"].header == b"\x01\x12"
    assert definitions.FIELDS["LastLedgerSequence"].header == b"\x20\x1b"
    assert definitions.FIELDS["TickSize"].header == b"\x00\x10\x10"


def test_every_field_type_has_a_reader_and_a_writer() -> None:
    types = {field.type for field in definitions.FIELDS.values()}
    assert types <= set(reader._READ)
    assert types - {"STObject", "STArray"} <= set(writer._WRITE)


def test_every_transaction_type_has_a_format() -> None:
    assert set(definitions.TRANSACTION_CODES) == set(definitions.TRANSACTION_FORMATS) - {"common"}
    for rows in definitions.TRANSACTION_FORMATS.values():
        assert rows.required | rows.optional <= set(definitions.FIELDS)
