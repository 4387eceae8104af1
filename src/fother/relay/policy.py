"""What the relay is told to do: its configuration file (TOML), read strictly.

    [listen]    where mail is taken, and from whom
    [next_hop]  the mail server that everything is handed on to
    [queue]     where mail waits, how long, and what is done when it is unknown whether it arrived
    [notices]   who is told about what goes wrong
    [marking]   how strong the marks are
    [[mark]]    whose mail is marked; the first rule that fits a recipient counts

Recipients that no rule fits get the message unmarked.
"""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from fother.errors import InputFileError

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Tls = Literal["required", "offered", "off"]
Unmarkable = Literal["pass", "refuse"]
InDoubt = Literal["hold", "resend"]

_MIB = 1 << 20
_MOST_FILE = 1 << 20


@dataclass(frozen=True)
class Listen:
    """Where mail is taken. `clients` may hand in mail for anybody; nobody else may say a word."""

    host: str
    port: int  #: 0 takes a free one
    name: str  #: of this machine, as it greets and signs its trace lines
    clients: tuple[Network, ...]
    tls: Tls
    certificate: Path | None
    key: Path | None
    connections: int  #: at most, at once
    message_bytes: int  #: at most, announced as SIZE
    recipients: int  #: at most, in one transaction


@dataclass(frozen=True)
class NextHop:
    """The mail server that everything is handed on to."""

    host: str
    port: int
    tls: Tls
    roots: Path | None  #: certificates (PEM) to check its own against; None: those of the system
    user: str
    password_file: Path | None
    connections: int  #: at once
    name: str  #: what the relay calls itself there


@dataclass(frozen=True)
class QueueRules:
    """Where mail waits, and for how long. All times in seconds."""

    folder: Path
    free_bytes: int  #: no mail is taken when the disk has less
    keep_trying: float
    first_retry: float
    longest_retry: float
    remember: float  #: how long a finished message is known again when it is handed in twice
    in_doubt: InDoubt


@dataclass(frozen=True)
class Notices:
    """Who is told, and how often a sender may be."""

    postmaster: str
    per_hour: int  #: notices to one sender


@dataclass(frozen=True)
class Marking:
    resistance: int
    strength: str


@dataclass(frozen=True)
class Rule:
    """Whose mail is marked: a list with its members, some addresses, or all outside of some domains."""

    list: str = ""
    members: Path | None = None
    addresses: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    unmarkable: Unmarkable = "pass"  #: a message without anything that can be marked
    parts: Unmarkable = "pass"  #: a message some parts of which cannot be marked
    alternatives: bool = False  #: `{{a|b}}` in a message are alternatives that its author wrote

    def fits(self, address: str) -> bool:
        plain = folded(address)
        if self.list or self.addresses:
            return plain == self.list or plain in self.addresses
        domain = plain.rpartition("@")[2]
        return not any(domain == own or domain.endswith("." + own) for own in self.outside)


@dataclass(frozen=True)
class Policy:
    """The whole configuration of a relay."""

    listen: Listen
    next_hop: NextHop
    queue: QueueRules
    notices: Notices
    marking: Marking
    rules: tuple[Rule, ...]

    def rule(self, address: str) -> Rule | None:
        """The rule that marks mail to this address; None when it is handed on unmarked."""
        return next((rule for rule in self.rules if rule.fits(address)), None)

    def may_hand_in(self, client: str) -> bool:
        """Whether a client at this IP address may hand in mail."""
        try:
            address = ipaddress.ip_address(client.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.listen.clients)


def folded(address: str) -> str:
    """An address as it is compared: in lower case, also before the @, as practically every server does."""
    return address.strip().casefold()


def read_policy(path: Path) -> Policy:
    """The configuration in a file; relative paths in it start from its folder.

    Raises InputFileError with the first thing that is wrong and where.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_FILE + 1)
    except OSError as error:
        raise InputFileError(f"The configuration {path} cannot be read ({error.strerror}).") from None
    if len(data) > _MOST_FILE:
        raise InputFileError(f"{path} is too large to be the configuration of a relay.")
    try:
        content = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputFileError(f"{path} is not valid TOML: {error}.") from None
    top = _Table(path, "", content)
    listen = _listen(top.table("listen"))
    policy = Policy(
        listen=listen,
        next_hop=_next_hop(top.table("next_hop"), listen.name),
        queue=_queue(top.table("queue")),
        notices=_notices(top.table("notices"), listen.name),
        marking=_marking(top.table("marking")),
        rules=tuple(_rule(table) for table in top.tables("mark")),
    )
    top.end()
    return policy


def _listen(table: _Table) -> Listen:
    certificate, key = table.path("certificate"), table.path("key")
    tls = table.choice("tls", ("required", "offered", "off"), "offered" if certificate else "off")
    if tls != "off" and certificate is None:
        table.refuse("certificate", f"is missing, and tls = '{tls}' needs one")
    listen = Listen(
        host=table.text("host", "127.0.0.1"),
        port=table.whole("port", 10025, 0, 65535),
        name=table.text("name"),
        clients=tuple(map(table.network, table.texts("clients", ("127.0.0.0/8", "::1/128")))),
        tls=tls,  # type: ignore[arg-type]
        certificate=certificate,
        key=key,
        connections=table.whole("connections", 50, 1, 10_000),
        message_bytes=table.whole("message_mib", 25, 1, 1024) * _MIB,
        recipients=table.whole("recipients", 1000, 1, 100_000),
    )
    table.end()
    return listen


def _next_hop(table: _Table, name: str) -> NextHop:
    hop = NextHop(
        host=table.text("host"),
        port=table.whole("port", 25, 1, 65535),
        tls=table.choice("tls", ("required", "offered", "off"), "required"),  # type: ignore[arg-type]
        roots=table.path("roots"),
        user=table.text("user", ""),
        password_file=table.path("password_file"),
        connections=table.whole("connections", 8, 1, 100),
        name=name,
    )
    if bool(hop.user) != bool(hop.password_file):
        table.refuse("user", "and password_file go together")
    if hop.user and hop.tls != "required":
        table.refuse("user", "needs tls = 'required', or the password could be read on its way")
    table.end()
    return hop


def _queue(table: _Table) -> QueueRules:
    folder = table.path("folder") or table.refuse("folder", "is missing")
    queue = QueueRules(
        folder=folder,
        free_bytes=table.whole("free_mib", 200, 0, 1 << 30) * _MIB,
        keep_trying=table.number("keep_trying_hours", 120.0, 0.0) * 3600,
        first_retry=table.number("first_retry_seconds", 60.0, 0.1),
        longest_retry=table.number("longest_retry_seconds", 3600.0, 0.1),
        remember=table.number("remember_hours", 48.0, 1.0) * 3600,
        in_doubt=table.choice("in_doubt", ("hold", "resend"), "hold"),  # type: ignore[arg-type]
    )
    table.end()
    return queue


def _notices(table: _Table, name: str) -> Notices:
    notices = Notices(
        postmaster=table.address("postmaster", f"postmaster@{name}"),
        per_hour=table.whole("per_hour", 20, 0, 10_000),
    )
    table.end()
    return notices


def _marking(table: _Table) -> Marking:
    marking = Marking(
        resistance=table.whole("resistance", 3, 1, 8),
        strength=table.choice("strength", ("discreet", "standard", "strong"), "standard"),
    )
    table.end()
    return marking


def _rule(table: _Table) -> Rule:
    address, members = table.address("list", ""), table.path("recipients")
    addresses = table.texts("addresses", ())
    outside = table.texts("outside", ())
    if sum(map(bool, (address, addresses, outside))) != 1:
        table.refuse("list", "or addresses or outside: give one of the three")
    if bool(address) != bool(members):
        table.refuse("recipients", "goes with list: a CSV file of its members")
    rule = Rule(
        list=folded(address),
        members=members,
        addresses=frozenset(map(folded, addresses)),
        outside=frozenset(domain.casefold().lstrip("@.") for domain in outside),
        unmarkable=table.choice("unmarkable", ("pass", "refuse"), "pass"),  # type: ignore[arg-type]
        parts=table.choice("unmarkable_parts", ("pass", "refuse"), "pass"),  # type: ignore[arg-type]
        alternatives=table.flag("alternatives", default=False),
    )
    table.end()
    return rule


class _Table:
    """A table of the file, whose keys are taken one by one; what is left over is a mistake."""

    def __init__(self, file: Path, name: str, content: Any) -> None:
        self._file, self._name = file, name
        if not isinstance(content, dict):
            raise InputFileError(f"{file}: '{name}' must be a table, [{name}].")
        self._left = dict(content)

    def refuse(self, key: str, why: str) -> Any:
        place = f"[{self._name}] {key}" if self._name else key
        raise InputFileError(f"{self._file}: {place} {why}.")

    def end(self) -> None:
        for key in self._left:
            self.refuse(key, "is not known; see docs/reference/relay.md")

    def table(self, key: str) -> _Table:
        return _Table(self._file, key, self._left.pop(key, {}))

    def tables(self, key: str) -> list[_Table]:
        found = self._left.pop(key, [])
        if not isinstance(found, list):
            self.refuse(key, f"must be written as [[{key}]]")
        return [_Table(self._file, f"{key} {n}", content) for n, content in enumerate(found, 1)]

    def text(self, key: str, default: str | None = None) -> str:
        value = self._left.pop(key, default)
        if value is None:
            self.refuse(key, "is missing")
        if not isinstance(value, str) or any(c in value for c in "\r\n\0"):
            self.refuse(key, "must be a text of one line")
        return str(value)

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._left.pop(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, "must be a list of texts")
        return tuple(value)

    def address(self, key: str, default: str) -> str:
        value = self.text(key, default)
        if value != default and not ("@" in value and value.isprintable() and " " not in value):
            self.refuse(key, f"'{value}' is no mail address")
        return value

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        value = self._left.pop(key, default)
        if type(value) is not int or not least <= value <= most:
            self.refuse(key, f"must be a whole number from {least} to {most}")
        return int(value)

    def number(self, key: str, default: float, least: float) -> float:
        value = self._left.pop(key, default)
        if type(value) not in (int, float) or not least <= value < 1e6:
            self.refuse(key, f"must be a number, at least {least:g}")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._left.pop(key, default)
        if type(value) is not bool:
            self.refuse(key, "must be true or false")
        return bool(value)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._left.pop(key, default)
        if value not in choices:
            self.refuse(key, f"must be one of {', '.join(choices)}")
        return str(value)

    def path(self, key: str) -> Path | None:
        value = self.text(key, "")
        return self._file.parent / value if value else None

    def network(self, text: str) -> Network:
        try:
            return ipaddress.ip_network(text)
        except ValueError:
            self.refuse("clients", f"'{text}' is no network such as 10.0.0.0/8")
            raise
