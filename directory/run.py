"""`make run`: everything a newcomer needs, then the site as production serves it.

Starts the embedded PostgreSQL (unless DATABASE_URL is set), migrates, fills an empty database, and
becomes gunicorn. What a demo needs beyond production is in the environment set here, nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import sys
import time
from pathlib import Path

from directory import database
from directory.database import CHECKOUT, PRIVATE

HOST = "127.0.0.1"


def main() -> None:
    port = os.environ.setdefault("PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number between 1 and 65535, not {port!r}.")
    if _stays_in_use(int(port)):
        sys.exit(f"Port {port} is in use by another program. Try: PORT={int(port) + 1} make run")
    PRIVATE.mkdir(exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1")
    os.environ.setdefault("CONTACT_EMAIL", "raadet@faellesby.example")
    os.environ.setdefault("SECRET_KEY", _kept_secret(PRIVATE / "secret_key"))

    server = database.embedded()
    try:
        lock = server.use() if server else None
    except database.DatabaseError as error:
        sys.exit(f"The database did not start. {error}")
    try:
        _prepare()
        os.environ["ANNOUNCE"] = _announcement(port)
        if lock is not None:
            os.set_inheritable(lock, True)
            os.environ["EMBEDDED_LOCK"] = str(lock)
        # From here this process is gunicorn; its on_exit hook lets go of the database.
        os.chdir(CHECKOUT)
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "directory/gunicorn.py"])  # noqa: S606
    except BaseException:
        if server and lock is not None:
            server.leave(lock)
        raise


def _stays_in_use(port: int) -> bool:
    """Whether somebody else has the port; the workers of a killed server need a moment to let go of it."""
    for _attempt in range(20):
        if not _in_use(port):
            return False
        time.sleep(0.1)
    return True


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _kept_secret(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _prepare() -> None:
    compile_messages()
    import django
    from django.core.management import call_command
    from django.db import connections

    from directory.startup import one_clear_sentence

    with one_clear_sentence():
        django.setup()
    from directory import listings
    from enterprises.content import accounts
    from enterprises.models import Enterprise

    call_command("migrate", verbosity=0)
    listings.rebuild_if_outdated()
    _collect_static()
    if not Enterprise.objects.exists():
        print("Loading the council's members and the demo city …", flush=True)
        call_command("load_content")
        logins = accounts.create()
        file = PRIVATE / "logins.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(logins))
    os.environ["SECOND_STEP"] = json.dumps(accounts.second_step_codes())
    connections.close_all()


def compile_messages() -> None:
    """Compile the translations that have changed, without needing GNU gettext on the machine."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (CHECKOUT / "directory" / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as readable:
                catalogue = read_po(readable, locale=source.parts[-3])
            with compiled.open("wb") as writable:
                write_mo(writable, catalogue)


def _collect_static() -> None:
    """Collect and compress the static files, unless nothing has changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    sources = [
        CHECKOUT / "requirements.txt",
        *sorted(path for path in (CHECKOUT / "static").rglob("*") if path.is_file()),
    ]
    state = "\n".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in sources)
    digest = hashlib.sha256(state.encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != digest:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest)


def _announcement(port: str) -> str:
    lines = [
        "",
        f"  Den fælles by is ready:  http://{HOST}:{port}/",
        f"  In English:              http://{HOST}:{port}/en/",
    ]
    file = PRIVATE / "logins.json"
    if file.exists():
        logins = {who: "  ".join(login) for who, login in json.loads(file.read_text()).items()}
        lines.append(f"  The council's desk:      http://{HOST}:{port}/admin/")
        for who, codes in json.loads(os.environ.get("SECOND_STEP", "{}")).items():
            if who in logins:
                lines += [
                    f"    as {who + ':':<20}  {logins[who]}",
                    f"      and one of the codes  {'  '.join(codes)}",
                ]
        lines += [
            f"  As editor, a profile:    http://{HOST}:{port}/min/    {logins['editor']}",
            "  All log in by “adgangskode”; a code for the second step works once.",
            "  Codes for those who log in by mail are printed here.",
        ]
    return "\n".join([*lines, "  Ctrl-C stops everything; what you change is kept.", ""])


if __name__ == "__main__":
    main()
