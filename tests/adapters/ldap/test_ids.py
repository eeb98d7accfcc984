"""What a directory knows its people by."""

import base64
from pathlib import Path
from uuid import UUID

import pytest

from adapters.ldap.connection import DirectoryAway
from adapters.ldap.directory import Directory
from tests.support.slapd import ADA_ID, ADA_PASSWORD, PEOPLE, Slapd, running_slapd

# As Active Directory has it, [MS-ADA3] 2.44.
_OBJECT_GUID = """
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1 NAME 'withGuid' SUP top AUXILIARY MAY objectGUID )
"""
GUID = UUID("00112233-4455-6677-8899-aabbccddeeff")


def subject_of(slapd: Slapd, **changes: object) -> str | None:
    found = Directory(slapd.config(**changes)).identify("ada", ADA_PASSWORD)
    return None if found is None else found.subject


def test_an_entry_is_known_by_its_uuid(slapd: Slapd) -> None:
    assert subject_of(slapd) == subject_of(slapd, id_attribute="ENTRYUUID") == ADA_ID


def test_any_attribute_can_be_the_id(slapd: Slapd) -> None:
    assert subject_of(slapd, id_attribute="uid") == "ada"


def test_an_object_guid_reads_as_microsoft_writes_it(tmp_path: Path) -> None:
    with running_slapd(tmp_path, more=_OBJECT_GUID) as slapd:
        value = base64.b64encode(GUID.bytes_le).decode()
        slapd.modify(
            f"dn: uid=ada,{PEOPLE}\nchangetype: modify\nadd: objectClass\nobjectClass: withGuid\n-\n"
            f"add: objectGUID\nobjectGUID:: {value}\n"
        )

        assert subject_of(slapd, id_attribute="objectGUID") == str(GUID)


def test_somebody_without_an_id_is_not_known_by_anything_else(slapd: Slapd) -> None:
    with pytest.raises(DirectoryAway, match="an entry has no objectGUID"):
        subject_of(slapd, id_attribute="objectGUID")
