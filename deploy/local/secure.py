"""What `kafka.py start --secure` needs: an authority of its own, certificates, passwords, properties.

Clients speak SASL_SSL with SCRAM-SHA-512, controllers mutual TLS; who has no right is denied. All of it lies
in <data>/secure: ca.pem for clients, users.json with the two users that the cluster begins with, admin.env
with the settings of the one that may do everything. Other users and rights: deploy/kafka/access.py.
"""

# ruff: noqa: S603, S607 - every command is a list built here; openssl is the one on the path
from __future__ import annotations

import json
import os
import secrets
import subprocess
from pathlib import Path

ADMIN, BROKER = "admin", "broker"
MECHANISM = "SCRAM-SHA-512"
CA_DAYS, DAYS = 3650, 825
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n"
PROPERTIES = """
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required username="broker" password="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.controller.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin;User:broker
"""


class SecureError(Exception):
    """What a person is told."""


def prepare(folder: Path) -> None:
    """Makes what is missing in the folder; what is there stays, so that clients need no new files."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / "ca.pem").exists():
        authority(folder)
    if not (folder / "broker.pem").exists():
        certificate(folder, BROKER)
    if not (folder / "users.json").exists():
        users = {user: secrets.token_urlsafe(24) for user in (ADMIN, BROKER)}
        written(folder / "users.json", json.dumps(users, indent=2) + "\n")


def properties(folder: Path) -> str:
    """The broker's properties, in front of any --config."""
    return PROPERTIES.replace("{folder}", str(folder)).replace("{password}", passwords(folder)[BROKER])


def scram(folder: Path) -> list[str]:
    """StorageTool's options: without a first user nobody could ever log in."""
    users = passwords(folder).items()
    return [
        part
        for user, password in users
        for part in ("--add-scram", f"{MECHANISM}=[name={user},password={password}]")
    ]


def environment(folder: Path, bootstrap: str) -> Path:
    """Writes admin.env: what a shell or systemd sets so that `copydesk` is the admin here."""
    written(folder / "admin.password", passwords(folder)[ADMIN] + "\n")
    settings = {
        "COPYDESK_BROKERS": bootstrap,
        "COPYDESK_SECURITY_PROTOCOL": "SASL_SSL",
        "COPYDESK_SASL_MECHANISM": MECHANISM,
        "COPYDESK_SASL_USERNAME": ADMIN,
        "COPYDESK_SASL_PASSWORD_FILE": str(folder / "admin.password"),
        "COPYDESK_SSL_CAFILE": str(folder / "ca.pem"),
    }
    path = folder / "admin.env"
    written(path, "".join(f"{name}={value}\n" for name, value in settings.items()))
    return path


def passwords(folder: Path) -> dict[str, str]:
    known: dict[str, str] = json.loads((folder / "users.json").read_text())
    return known


def authority(folder: Path) -> None:
    """A certificate authority: ca.pem, and ca.key, which only this folder needs."""
    key, pem = folder / "ca.key", folder / "ca.pem"
    subject = ("-subj", "/CN=Copydesk local authority", "-days", str(CA_DAYS))
    openssl("req", "-x509", *CURVE, "-keyout", str(key), "-out", str(pem), *subject)


def certificate(folder: Path, name: str, days: int = DAYS) -> Path:
    """name.pem, a key and its certificate for 127.0.0.1; `days` of -1 makes one that has expired."""
    key, asked, signed, extensions = (folder / f"{name}.{end}" for end in ("key", "csr", "crt", "ext"))
    extensions.write_text(NAMES)
    openssl("req", *CURVE, "-keyout", str(key), "-out", str(asked), "-subj", f"/CN={name}")
    authority_files = ("-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"), "-CAcreateserial")
    lasting = ("-days", str(days), "-extfile", str(extensions))
    openssl("x509", "-req", "-in", str(asked), "-out", str(signed), *authority_files, *lasting)
    pem = folder / f"{name}.pem"
    written(pem, key.read_text() + signed.read_text())
    for part in (key, asked, signed, extensions):
        part.unlink()
    return pem


def openssl(*arguments: str) -> None:
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise SecureError("--secure needs openssl; to install it: `apt-get install openssl`") from error
    if done.returncode:
        raise SecureError(f"{done.stderr}openssl {arguments[0]} failed, see above")


def written(path: Path, text: str) -> None:
    """A file that only its owner may read."""
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
