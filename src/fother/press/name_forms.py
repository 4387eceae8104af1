"""How persons, roles, bodies and outlets are written in English: patterns and tests of single names."""

from __future__ import annotations

import re

from fother.language.names import Names
from fother.press import cues

TITLES = (
    r"(?:(?:deputy|former|acting|senior|chief|vice|assistant|prime|foreign|defen[cs]e|interior|finance|justice|"
    r"home|first|permanent|shadow|opposition|government|ministry|press|national|security|intelligence|army|"
    r"party|junior|retired|outgoing|under|top|lead|general|attorney|regional|cultural|trade|health|energy|"
    r"information|state|public|affairs|data|protection|human|rights|legal|communications)[ -]+)*"
)
ROLES = (
    r"(?:prime minister|foreign minister|director general|director-general|attorney general"
    r"|secretary of state|"
    r"secretary general|secretary-general|chief of staff|spokes(?:man|woman|person|people)|minister"
    r"|secretary|"
    r"ambassador|president|chancellor|chair(?:man|woman|person)?|general|admiral|colonel|captain|commander|"
    r"officials?|officers?|advis[eo]rs?|aides?|diplomats?|sources?|senators?|lawmakers?|prosecutors?|director|"
    r"commissioner|governor|mayor|envoy|judge|lawyers?|attorneys?|analysts?|investigators?|deputy|leader|chief|"
    r"head|researchers?|professor|historian|inspector|ombudsman|editor|whistleblower|contractors?|engineers?|"
    r"employees?|staffers?|members?|insiders?|executives?|representatives?|negotiators?|experts?|critics?|"
    r"soldiers?|mp|premier|taoiseach|tánaiste|td|councillors?|king|queen|witness(?:es)?|observers?|reporter|correspondent|journalist|columnist|host)"
)
ROLE = re.compile(rf"(?i)\b({TITLES}{ROLES})\b")
HONORIFICS = re.compile(
    r"^(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Dame|Prof|Professor|Gen|Col|Maj|Capt|Sen|Rep|Adm|Lt)\.?\s+"
)
CAPITALISED = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ][\w’'.\-]*(?:\s+(?:(?:al|ben|bin|da|de|del|den|der|di|dos|el|la|le|van|von|ter|af)\s+)*[A-ZÀ-ÖØ-Þ][\w’'.\-]*)+"
)
NAME = (
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]+(?:[ ](?:(?:al|ben|bin|da|de|del|den|der|di|dos|el|la|le|van|von|ter|af)[ ])*"
    r"[A-ZÀ-ÖØ-Þ][\w’'\-]+){0,3}"
)


def without_article(words: str) -> str:
    """A name without its article or a genitive's ending."""
    return re.sub(r"^(?:the|a|an)\s+|(?:['’]s?)$", "", words.strip(), flags=re.I).strip(" ,.;:")


def bare_words(role: str | None) -> set[str]:
    """The words of a role in lower case; none for no role."""
    return set((role or "").lower().replace("-", " ").split())


def looks_like_person(core: str) -> bool:
    """Whether a name that no list holds is rather a person's than a body's."""
    name = HONORIFICS.sub("", without_article(core))
    words = name.split()
    if core.lower().startswith("the ") or not words:
        return False
    body = words[-1].lower() in cues.BODIES or any(w.lower() in ("of", "for", "and") for w in words)
    return not body and not (len(words) == 1 and words[0].isupper() and len(words[0]) > 1)


def is_outlet_name(name: str) -> bool:
    """Whether a name ends as those of newspapers and broadcasters do."""
    words = name.split()
    last = words[-1].lower().strip(".’'") if words else ""
    if last not in cues.OUTLET_ENDINGS or not words[-1][:1].isupper():
        return False
    return len(words) > 1 or last in (
        "ledger",
        "herald",
        "tribune",
        "gazette",
        "courier",
        "chronicle",
        "post",
    )


def outlet_in(words: str, names: Names) -> str | None:
    """The outlet that some words name, if they name one."""
    core = re.split(r",|\bwho\b|\bwhich\b", words, maxsplit=1)[0].strip()
    for mention in names.find(core, "outlet"):
        return mention.entry.name
    found = next((m.group() for m in CAPITALISED.finditer(core) if is_outlet_name(m.group())), None)
    if found is None and re.fullmatch(r"(?:[Tt]he\s+)?[A-Z][\w-]+", core) and is_outlet_name(core):
        found = core
    return without_article(found) if found else None
