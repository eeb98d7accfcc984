"""An OpenLDAP for tests: a process of its own with its own folder, on free ports of this machine."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap3
import pytest

from adapters.ldap.config import LdapConfig
from tests.support.certificates import write_certificate

SECONDS = 20
"""How long it may take to start."""
BASE = "dc=example,dc=com"
PEOPLE = f"ou=people,{BASE}"
STAFF = f"cn=staff,{BASE}"
CLUB = f"cn=club,{BASE}"
SERVICE = f"cn=tablegraph,{BASE}"
SERVICE_PASSWORD = "the server's own password"
ADA_PASSWORD = "ada's password in the directory"
ADA_ID = "5c0e4a0e-9c5e-4a5b-8a57-0d6d6b1f0001"
_ROOT = f"cn=root,{BASE}"
_SCHEMAS = Path("/etc/ldap/schema"), Path("/etc/openldap/schema")
_MODULES = Path("/usr/lib/ldap"), Path("/usr/lib/openldap"), Path("/usr/libexec/openldap")

_CONFIG = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
allow bind_v2 bind_anon_cred bind_anon_dn
{more}
database mdb
maxsize 10485760
suffix {base}
rootdn {root}
rootpw root
directory {folder}/data
index objectClass,uid,mail eq
overlay memberof
memberof-group-oc groupOfNames
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree={people} by dn.exact={service} read by self read by anonymous auth by * none
access to * by dn.exact={service} read by users read by anonymous auth by * none
"""

_ENTRIES = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {SERVICE}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: tablegraph
userPassword: {SERVICE_PASSWORD}

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: uid=ada,{PEOPLE}
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
mail: Ada@example.com
userPassword: {ADA_PASSWORD}
entryUUID: {ADA_ID}

dn: uid=bob,{PEOPLE}
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Bob
mail: bob@example.com
userPassword: bob's password

dn: uid=carl\\2C (the *other*) \\\\ one,{PEOPLE}
objectClass: inetOrgPerson
uid: carl, (the *other*) \\ one
cn: Carl
sn: Carl
mail: carl@example.com
userPassword: carl's password

dn: uid=dan,{PEOPLE}
objectClass: inetOrgPerson
uid: dan
cn: Dan
sn: Dan
userPassword: dan's password

dn: uid=twin,{PEOPLE}
objectClass: inetOrgPerson
uid: twin
cn: Twin
sn: Twin
mail: twins@example.com
userPassword: twin's password

dn: uid=twin2,{PEOPLE}
objectClass: inetOrgPerson
uid: twin2
cn: Twin
sn: Twin
mail: twins@example.com
userPassword: twin's password

dn: uid=jos\u00e9,{PEOPLE}
objectClass: inetOrgPerson
uid: jos\u00e9
cn: Jos\u00e9
sn: Jos\u00e9
userPassword: caf\u00e9 noir

dn: uid=locked,{PEOPLE}
objectClass: inetOrgPerson
uid: locked
cn: Locked
sn: Locked
mail: locked@example.com

dn: ou=elsewhere,{PEOPLE}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://127.0.0.1:1/ou=elsewhere,{PEOPLE}

"""

_GROUPS = f"""
dn: {STAFF}
changetype: add
objectClass: groupOfNames
cn: staff
member: uid=ada,{PEOPLE}

dn: {CLUB}
changetype: add
objectClass: groupOfUniqueNames
cn: club
uniqueMember: uid=bob,{PEOPLE}
"""


class Slapd:
    """The server; its addresses stay the same when it is killed and started again."""

    def __init__(self, folder: Path, more: str) -> None:
        self.ca_file, key = write_certificate(folder)
        self.port, self.tls_port = _free_port(), _free_port()
        self.url, self.tls_url = f"ldap://127.0.0.1:{self.port}", f"ldaps://127.0.0.1:{self.tls_port}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir()
        self._config_file = folder / "slapd.conf"
        self._config_file.write_text(
            _CONFIG.format(
                schema=_first(_SCHEMAS),
                modules=_first(_MODULES),
                folder=folder,
                certificate=self.ca_file,
                key=key,
                more=more,
                base=BASE,
                root=_ROOT,
                people=PEOPLE,
                service=SERVICE,
            )
        )
        self._load()

    def config(self, **changes: object) -> LdapConfig:
        """The settings of a server that searches here over TLS."""
        given = {
            "urls": (self.tls_url,),
            "ca_file": self.ca_file,
            "bind_dn": SERVICE,
            "bind_password": SERVICE_PASSWORD,
            "search_base": PEOPLE,
            "search_filter": "(|(uid={login})(mail={login}))",
        }
        return LdapConfig(**{**given, **changes})  # type: ignore[arg-type]

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        urls = f"{self.url}/ {self.tls_url}/"
        command = [_program("slapd"), "-f", str(self._config_file), "-h", urls, "-d", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS
        while not all(map(_answers, (self.port, self.tls_port))):
            assert self._process.poll() is None, "slapd has ended"
            assert time.monotonic() < deadline, "slapd does not answer"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._process = None

    def modify(self, changes: str) -> None:
        """Change entries, by LDIF, as the administrator."""
        command = [_program("ldapmodify"), "-x", "-M", "-H", self.tls_url, "-D", _ROOT, "-w", "root"]
        trusting = {**os.environ, "LDAPTLS_REQCERT": "never"}
        subprocess.run(command, input=changes.encode(), check=True, capture_output=True, timeout=SECONDS, env=trusting)

    def count_of(self, operation: str) -> int:
        """How many operations of a kind it has completed, this question's bind included; needs `back_monitor`."""
        entry = f"cn={operation},cn=Operations,cn=Monitor"
        server = ldap3.Server("127.0.0.1", port=self.port, get_info=ldap3.NONE)
        with ldap3.Connection(server, SERVICE, SERVICE_PASSWORD) as connection:
            connection.search(entry, "(objectClass=*)", ldap3.BASE, attributes=["monitorOpCompleted"])
            return int(connection.response[0]["raw_attributes"]["monitorOpCompleted"][0])

    def _load(self) -> None:
        """While it does not run: only so can an entry be given its id."""
        command = [_program("slapadd"), "-f", str(self._config_file), "-l", "/dev/stdin"]
        subprocess.run(command, input=_ENTRIES.encode(), check=True, capture_output=True, timeout=SECONDS)


@contextmanager
def running_slapd(folder: Path, *, more: str = "") -> Iterator[Slapd]:
    """A server with the entries above and `more` in its configuration; a test is skipped where there is no slapd."""
    if not all(map(_found, ("slapd", "slapadd", "ldapmodify"))):
        pytest.skip("There is no slapd here; `make test` installs one where it is root.")
    server = Slapd(folder, more)
    try:
        server.start()
        server.modify(_GROUPS)  # not loaded, for only a server that runs tells the members
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def _first(folders: tuple[Path, ...]) -> Path:
    return next(each for each in folders if each.is_dir())


def _found(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/libexec"]))


def _program(name: str) -> str:
    found = _found(name)
    assert found is not None
    return found
