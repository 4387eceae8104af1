"""Small word lists that say which words carry a fact: negations, certainty, reversals, numbers, months.

English is always active; German, French or Spanish is added when the document's function words say so. In any
other language the comparison still tells numbers, names (by capitals), markings and wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class Lexicon:
    """Casefolded words of one or several languages."""

    languages: tuple[str, ...]
    negations: frozenset[str]
    certainty: frozenset[str]
    #: each pair: words of one meaning and words of the opposite meaning
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    magnitudes: Mapping[str, int]
    vague: frozenset[str]  #: counts without a value: dozens, half
    units: frozenset[str]
    common: frozenset[str]  #: function words
    #: every word with a meaning of its own here, so known to be a real word
    known: frozenset[str] = field(default_factory=frozenset)

    def opposite(self, one: str, other: str) -> bool:
        """Whether the two words say the reverse of each other."""
        return any(
            (one in left and other in right) or (one in right and other in left)
            for left, right in self.opposites
        )

    def directed(self, word: str) -> bool:
        """Whether the word has an opposite in the lists."""
        return any(word in left or word in right for left, right in self.opposites)


_COMMON = {
    "en": _words(
        "the of and to in a is that for it as was with be by on at from this which or are "
        "were been has have had "
        "an their its his her he she they we i you who whom whose what when where how there "
        "these those than then "
        "so such but if while because about into over under between through during any all "
        "each every some other "
        "only also more most very just do does did done being him them our your my me us out up down off"
    ),
    "de": _words(
        "der die das und in den von zu mit ist im des auf für dem ein eine einer eines einem "
        "einen sich als an auch "
        "es aus er werden bei nach wird sind war wurde wurden hat haben dass oder um am über "
        "wie durch vor sie wir"
    ),
    "fr": _words(
        "le la les de des du et à un une en que qui dans est pour par sur au aux ce cette il "
        "elle ils se sont avec "
        "a été plus ou son sa ses leur leurs nous vous mais comme être ont était"
    ),
    "es": _words(
        "el la los las de del y a en que un una se por con para su al es lo como más o pero "
        "sus le ha este esta "
        "fue son entre sobre ser también era han desde"
    ),
}
_NEGATIONS = {
    "en": _words(
        "not no never none nor neither without cannot nobody nothing nowhere hardly scarcely "
        "denied denies deny "
        "refused refuses false failed fails lacks lacked except"
    ),
    "de": _words(
        "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder nirgends kaum "
        "bestreitet bestritt verneint"
    ),
    "fr": _words("ne n pas non jamais aucun aucune rien personne sans ni nullement guère nie nient"),
    "es": _words("no nunca jamás ningún ninguno ninguna nadie nada sin ni tampoco niega negó"),
}
_CERTAINTY = {
    "en": _words(
        "may might could will shall must should would can probably possibly perhaps allegedly "
        "alleged reportedly "
        "reported confirmed unconfirmed suspected likely unlikely certain certainly uncertain "
        "definitely apparently "
        "presumably supposedly purportedly potential potentially doubtful clearly proven "
        "unproven verified unverified "
        "believed assessed estimated approximately about roughly nearly almost always sometimes often rarely "
        "preliminary provisional tentative conclusive inconclusive confidence undoubtedly"
    ),
    "de": _words(
        "könnte könnten kann können muss müssen soll sollen sollte sollten wird würde würden dürfte dürften "
        "wahrscheinlich vermutlich möglicherweise vielleicht angeblich mutmaßlich sicher "
        "sicherlich bestätigt "
        "unbestätigt etwa ungefähr rund offenbar anscheinend eindeutig voraussichtlich"
    ),
    "fr": _words(
        "peut peuvent pourrait pourraient doit doivent devrait devraient probablement probable peut-être "
        "possiblement certainement certain confirmé confirmée présumé présumée prétendu prétendument environ "
        "vraisemblablement apparemment sans-doute éventuellement"
    ),
    "es": _words(
        "puede pueden podría podrían debe deben debería deberían probablemente posiblemente quizás tal-vez "
        "seguramente ciertamente cierto confirmado confirmada presunto presunta presuntamente supuesto "
        "supuestamente aproximadamente aparentemente"
    ),
}
_OPPOSITES = {
    "en": (
        (
            "increase increased increases increasing rise rose rises risen grew growth gain gains gained up",
            "decrease decreased decreases decreasing fall fell falls fallen shrank decline "
            "declined loss losses lost "
            "drop dropped down",
        ),
        (
            "more greater higher larger above over exceed exceeded exceeds maximum most",
            "less fewer lower smaller below under least minimum",
        ),
        ("before prior previous previously earlier", "after subsequent following later afterwards"),
        (
            "military combatant combatants soldier soldiers troops armed",
            "civilian civilians unarmed noncombatants",
        ),
        ("killed dead died fatal deaths", "wounded injured hurt survived unharmed alive"),
        (
            "accept accepted approve approved approves agreed agree allowed permitted authorised authorized "
            "granted supported supports",
            "reject rejected rejects refuse refused disapproved disagreed forbade forbidden "
            "prohibited denied "
            "declined opposed opposes vetoed unauthorised unauthorized",
        ),
        ("true correct accurate", "false incorrect inaccurate wrong"),
        ("succeeded success successful successfully", "failed failure unsuccessful unsuccessfully"),
        ("guilty", "innocent acquitted"),
        ("ally allies friendly friend friends", "enemy enemies hostile adversary"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("left", "right"),
        ("public publicly open openly overt", "secret secretly covert covertly private privately"),
        ("domestic internal", "foreign external"),
        ("lawful legal legally", "unlawful illegal illegally"),
        ("include included includes including", "exclude excluded excludes excluding"),
        (
            "enter entered arrive arrived arrival arrives",
            "leave departed depart departure departs exit exited",
        ),
        ("buy bought purchased", "sell sold"),
        ("begin began begun start started", "end ended stop stopped ceased"),
        ("first", "last"),
        ("safe", "unsafe dangerous"),
        ("able", "unable"),
        ("known", "unknown"),
        ("deliberate intentional deliberately intentionally", "accidental unintentional accidentally"),
        ("sufficient adequate", "insufficient inadequate"),
        ("positive", "negative"),
        ("inside within", "outside"),
        ("strong strongly high", "weak weakly low"),
        ("import imports imported", "export exports exported"),
        ("male man men", "female woman women"),
        ("day", "night"),
    ),
    "de": (
        (
            "gestiegen steigt stieg erhöht zugenommen mehr höher",
            "gesunken sinkt sank verringert abgenommen weniger",
        ),
        ("vor", "nach"),
        ("militärisch militärische militärischen soldaten", "zivil zivile zivilen zivilisten"),
        ("getötet tote", "verletzt verletzte"),
        ("genehmigt angenommen zugestimmt", "abgelehnt verweigert"),
        ("nördlich norden", "südlich süden"),
        ("östlich osten", "westlich westen"),
    ),
    "fr": (
        ("augmenté augmente augmentation hausse plus", "diminué diminue diminution baisse moins"),
        ("avant", "après"),
        ("militaire militaires soldats", "civil civils civile civiles"),
        ("tué tués morts", "blessé blessés"),
        ("approuvé accepté autorisé", "rejeté refusé interdit"),
        ("nord", "sud"),
        ("est", "ouest"),
    ),
    "es": (
        ("aumentó aumentado aumento alza más", "disminuyó disminuido disminución baja menos"),
        ("antes", "después"),
        ("militar militares soldados", "civil civiles"),
        ("muertos muerto", "heridos herido"),
        ("aprobado aprobó aceptado autorizó", "rechazado rechazó prohibió"),
        ("norte", "sur"),
        ("este", "oeste"),
    ),
}
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_SHORT_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
}
_NUMBERS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "de": "null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn zwanzig",
    "fr": "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
    "quinze seize - - - vingt",
    "es": "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte",
}
_TENS = {
    "en": "thirty forty fifty sixty seventy eighty ninety",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "trente quarante cinquante soixante - - -",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
_ORDINALS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
}
_MAGNITUDES = {
    "en": {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "bn": 9, "mn": 6},
    "de": {"hundert": 2, "tausend": 3, "million": 6, "millionen": 6, "milliarde": 9, "milliarden": 9,
           "mio": 6, "mrd": 9, "billionen": 12},
    "fr": {"cent": 2, "cents": 2, "mille": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9},
    "es": {"cien": 2, "ciento": 2, "mil": 3, "millón": 6, "millones": 6, "billones": 12},
}  # fmt: skip
_VAGUE = {
    "en": "dozen dozens hundreds thousands millions billions half twice double triple quarter third several",
    "de": "dutzend dutzende hunderte tausende halb hälfte doppelt",
    "fr": "douzaine centaine centaines milliers moitié double",
    "es": "docena docenas cientos miles mitad doble",
}
_UNITS = _words(
    "mg g km kilometres kilometers kilometer kilometre mile miles m metres meters yards "
    "feet foot inches cm mm kg "
    "kilograms pounds lbs tons tonnes ton litres liters gallons hours hour minutes minute "
    "seconds days months "
    "month years year weeks week percent dollars euros pounds roubles rubles usd eur gbp nm knots mw gw kw"
)


def _index(text: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(text.split(), 1) if word != "-"}


def lexicon(languages: Iterable[str]) -> Lexicon:
    """The joint lists of the languages named ("en", "de", "fr", "es"); unknown ones add nothing."""
    chosen = tuple(code for code in dict.fromkeys(languages) if code in _COMMON)
    months: dict[str, int] = _index(_SHORT_MONTHS) | {"sept": 9}
    weekdays: dict[str, int] = {}
    numbers: dict[str, int] = {}
    ordinals: dict[str, int] = {}
    magnitudes: dict[str, int] = {}
    for code in chosen:
        months |= _index(_MONTHS[code])
        weekdays |= _index(_WEEKDAYS[code])
        numbers |= {word: value - 1 for word, value in _index(_NUMBERS[code]).items()}
        numbers |= {word: 10 * (value + 2) for word, value in _index(_TENS[code]).items()}
        ordinals |= _index(_ORDINALS.get(code, ""))
        magnitudes |= _MAGNITUDES[code]
    opposites = tuple((_words(left), _words(right)) for code in chosen for left, right in _OPPOSITES[code])
    negations = frozenset().union(*(_NEGATIONS[code] for code in chosen))
    certainty = frozenset().union(*(_CERTAINTY[code] for code in chosen))
    vague = frozenset().union(*(_words(_VAGUE[code]) for code in chosen))
    common = frozenset().union(*(_COMMON[code] for code in chosen))
    known = frozenset().union(
        negations, certainty, vague, common, _UNITS, months, weekdays, numbers, ordinals, magnitudes,
        *(side for pair in opposites for side in pair),
    )  # fmt: skip
    return Lexicon(
        chosen, negations, certainty, opposites, months, weekdays, numbers, ordinals, magnitudes, vague,
        _UNITS, common, known,
    )  # fmt: skip


def languages_of(words: Iterable[str]) -> tuple[str, ...]:
    """English, and before it the one other language whose function words are at least 12 % of the words."""
    sample = list(words)[:5000]
    if not sample:
        return ("en",)
    share = {code: sum(word in common for word in sample) / len(sample) for code, common in _COMMON.items()}
    best = max(share, key=lambda code: share[code])
    return ("en",) if best == "en" or share[best] < 0.12 else (best, "en")
