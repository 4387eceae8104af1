"""The words of the standards, as tables.

United States: Intelligence Community Markings System Register and Manual, 31 December 2016 (released by the
Office of the Director of National Intelligence), table 4; DoD Manual 5200.01 volume 2; 32 CFR part 2002 and
the CUI Registry of the National Archives. NATO: C-M(2002)49 and AC/35-D/2002. European Union: Council
Decision 2013/488/EU, Annex III. United Kingdom: Government Security Classifications Policy. TLP: FIRST,
version 2.0.
"""

from __future__ import annotations

from collections.abc import Mapping

import iso3166

#: The ladder of each system, lowest first.
LADDERS: Mapping[str, tuple[str, ...]] = {
    "US": ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"),
    "NATO": ("NATO UNCLASSIFIED", "NATO RESTRICTED", "NATO CONFIDENTIAL", "NATO SECRET", "COSMIC TOP SECRET"),
    "EU": (
        "EU UNCLASSIFIED",
        "RESTREINT UE/EU RESTRICTED",
        "CONFIDENTIEL UE/EU CONFIDENTIAL",
        "SECRET UE/EU SECRET",
        "TRÈS SECRET UE/EU TOP SECRET",
    ),
    "UK": ("OFFICIAL", "OFFICIAL-SENSITIVE", "CONFIDENTIAL", "SECRET", "TOP SECRET"),
    "TLP": ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"),
}

US_PORTIONS = {"U": "UNCLASSIFIED", "R": "RESTRICTED", "C": "CONFIDENTIAL", "S": "SECRET", "TS": "TOP SECRET"}
NATO_PORTIONS = {
    "NU": "NATO UNCLASSIFIED",
    "NR": "NATO RESTRICTED",
    "NC": "NATO CONFIDENTIAL",
    "NS": "NATO SECRET",
    "CTS": "COSMIC TOP SECRET",
}
#: Portion marks that say ATOMAL in the same word (DoDM 5200.01 volume 2, enclosure 4).
NATO_ATOMAL = {"CTSA": "COSMIC TOP SECRET", "NSAT": "NATO SECRET", "NCA": "NATO CONFIDENTIAL"}
NATO_CAVEATS = ("ATOMAL", "BALK", "BOHEMIA", "CRYPTO", "EXCLUSIVE", "ORCON", "LIMITED", "INTEL")
EU_ABBREVIATIONS = {
    "R-UE/EU-R": "RESTREINT UE/EU RESTRICTED",
    "C-UE/EU-C": "CONFIDENTIEL UE/EU CONFIDENTIAL",
    "S-UE/EU-S": "SECRET UE/EU SECRET",
    "TS-UE/EU-TS": "TRÈS SECRET UE/EU TOP SECRET",
}
#: Half of the bilingual name, which older papers and texts of member states use alone.
EU_HALVES = {
    "RESTREINT UE": "RESTREINT UE/EU RESTRICTED",
    "EU RESTRICTED": "RESTREINT UE/EU RESTRICTED",
    "CONFIDENTIEL UE": "CONFIDENTIEL UE/EU CONFIDENTIAL",
    "EU CONFIDENTIAL": "CONFIDENTIEL UE/EU CONFIDENTIAL",
    "SECRET UE": "SECRET UE/EU SECRET",
    "EU SECRET": "SECRET UE/EU SECRET",
    "TRÈS SECRET UE": "TRÈS SECRET UE/EU TOP SECRET",
    "TRES SECRET UE": "TRÈS SECRET UE/EU TOP SECRET",
    "EU TOP SECRET": "TRÈS SECRET UE/EU TOP SECRET",
}
EU_CAVEATS = ("LIMITE", "CRYPTO", "CCI", "SENSITIVE", "PERSONAL DATA", "STAFF")
UK_DESCRIPTORS = (
    "COMMERCIAL",
    "LOCSEN",
    "PERSONAL",
    "PERSONAL DATA",
    "LEGAL PROFESSIONAL PRIVILEGE",
    "MARKET SENSITIVE",
    "HMG USE ONLY",
    "RECIPIENTS ONLY",
    "ORGANISATIONAL USE ONLY",
    "EMBARGOED",
)
UK_EYES = {
    "UK": "GBR",
    "US": "USA",
    "CA": "CAN",
    "CAN": "CAN",
    "AUS": "AUS",
    "NZ": "NZL",
    "GBR": "GBR",
    "USA": "USA",
}

#: SCI control systems of the register, with their published compartments.
SCI = {"HCS": ("O", "P"), "RSV": (), "SI": ("EU", "G", "NK"), "TK": ("BLFH", "IDIT", "KAND")}
SCI_TITLES = {
    "TALENT KEYHOLE": "TK",
    "RESERVE": "RSV",
    "SPECIAL INTELLIGENCE": "SI",
    "COMINT": "SI",
    "GAMMA": "G",
    "ECRU": "EU",
    "NONBOOK": "NK",
    "BLUEFISH": "BLFH",
    "IDITAROD": "IDIT",
    "KANDIK": "KAND",
    "OPERATIONS": "O",
    "PRODUCT": "P",
}

ATOMIC_TITLES = {
    "RESTRICTED DATA": "RD",
    "FORMERLY RESTRICTED DATA": "FRD",
    "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION": "TFNI",
    "DOD UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION": "DOD UCNI",
    "DOE UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION": "DOE UCNI",
}
ATOMIC_PORTIONS = {"DCNI": "DOD UCNI", "UCNI": "DOE UCNI"}
ATOMIC_ORDER = ("RD", "FRD", "DOD UCNI", "DOE UCNI", "TFNI", "ATOMAL", "BALK", "BOHEMIA")

#: Dissemination controls: banner name → title, portion mark; in the order of the register.
DISSEMINATION = {
    "RSEN": ("RISK SENSITIVE", "RS"),
    "FOUO": ("FOR OFFICIAL USE ONLY", "FOUO"),
    "ORCON": ("ORIGINATOR CONTROLLED", "OC"),
    "ORCON-USGOV": ("ORIGINATOR CONTROLLED-USGOV", "OC-USGOV"),
    "IMCON": ("CONTROLLED IMAGERY", "IMC"),
    "NOFORN": ("NOT RELEASABLE TO FOREIGN NATIONALS", "NF"),
    "PROPIN": ("CAUTION-PROPRIETARY INFORMATION INVOLVED", "PR"),
    "REL TO": ("AUTHORIZED FOR RELEASE TO", "REL TO"),
    "RELIDO": ("RELEASABLE BY INFORMATION DISCLOSURE OFFICIAL", "RELIDO"),
    "EYES ONLY": ("EYES ONLY", "EYES ONLY"),
    "DEA SENSITIVE": ("DEA SENSITIVE", "DSEN"),
    "FISA": ("FOREIGN INTELLIGENCE SURVEILLANCE ACT", "FISA"),
    "DISPLAY ONLY": ("DISPLAY ONLY", "DISPLAY ONLY"),
}
#: Non-intelligence controls of the register, then those of the Department of Defense.
OTHER = {
    "LIMDIS": ("LIMITED DISTRIBUTION", "DS"),
    "EXDIS": ("EXCLUSIVE DISTRIBUTION", "XD"),
    "NODIS": ("NO DISTRIBUTION", "ND"),
    "SBU": ("SENSITIVE BUT UNCLASSIFIED", "SBU"),
    "SBU NOFORN": ("SENSITIVE BUT UNCLASSIFIED NOFORN", "SBU-NF"),
    "LES": ("LAW ENFORCEMENT SENSITIVE", "LES"),
    "LES NOFORN": ("LAW ENFORCEMENT SENSITIVE NOFORN", "LES-NF"),
    "SSI": ("SENSITIVE SECURITY INFORMATION", "SSI"),
}
#: Limited dissemination controls of the CUI Registry that the register above does not have.
CUI_LIMITS = {
    "FED ONLY": ("FEDERAL EMPLOYEES ONLY", "FED ONLY"),
    "FEDCON": ("FEDERAL EMPLOYEES AND CONTRACTORS ONLY", "FEDCON"),
    "NOCON": ("NO DISSEMINATION TO CONTRACTORS", "NOCON"),
    "DL ONLY": ("DISSEMINATION LIST CONTROLLED", "DL ONLY"),
    "ATTORNEY-CLIENT": ("ATTORNEY-CLIENT", "AC"),
    "ATTORNEY-WP": ("ATTORNEY WORK PRODUCT", "AWP"),
    "DELIBERATIVE": ("DELIBERATIVE", "DELIB"),
}
#: Category markings of the CUI Registry (archives.gov/cui/registry/category-list).
CUI_CATEGORIES = frozenset(
    [
        "ADJ",
        "AG",
        "AIV",
        "ARCHR",
        "ASYL",
        "BAT",
        "BORDER",
        "BSEC",
        "BUDG",
        "CEII",
        "CENS",
        "CHRI",
        "CJI",
        "COMPT",
        "CONTRACT",
        "CRIT",
        "CTI",
        "CVI",
        "DCNI",
        "DNA",
        "DREC",
        "EMGT",
        "EXPT",
        "EXPTR",
        "FHFA",
        "FINAN",
        "FISA",
        "FISAB",
        "FNC",
        "FSEC",
        "GENETIC",
        "GEO",
        "HISTP",
        "HLTH",
        "IDS",
        "INF",
        "INTEL",
        "INV",
        "ISVI",
        "JURY",
        "JUV",
        "LDNA",
        "LEI",
        "LFNC",
        "LFIS",
        "LMI",
        "LPROT",
        "LSCRN",
        "LSTAT",
        "LVIC",
        "MERG",
        "MFC",
        "MIL",
        "MONEY",
        "NATO",
        "NNPI",
        "NUC",
        "OPSEC",
        "PCII",
        "PERS",
        "PHYS",
        "PRESI",
        "PRIOR",
        "PRIVL",
        "PRVCY",
        "PROCURE",
        "PROPIN",
        "PROT",
        "PTNT",
        "RAIL",
        "RECINV",
        "REV",
        "SAFE",
        "SBI",
        "SGI",
        "SIA",
        "SSEL",
        "SSI",
        "STAT",
        "SURV",
        "TAX",
        "TERR",
        "TAXR",
        "TSCA",
        "UCNI",
        "VIC",
        "VISA",
        "WATER",
        "WHSTL",
        "WIT",
    ]
)

#: Groups whose members are public. Others are codes of their own.
GROUPS: Mapping[str, frozenset[str]] = {
    "FVEY": frozenset({"AUS", "CAN", "GBR", "NZL", "USA"}),
    "ACGU": frozenset({"AUS", "CAN", "GBR", "USA"}),
    "TEYE": frozenset({"AUS", "GBR", "USA"}),
    "EU": frozenset(
        [
            "AUT",
            "BEL",
            "BGR",
            "HRV",
            "CYP",
            "CZE",
            "DNK",
            "EST",
            "FIN",
            "FRA",
            "DEU",
            "GRC",
            "HUN",
            "IRL",
            "ITA",
            "LVA",
            "LTU",
            "LUX",
            "MLT",
            "NLD",
            "POL",
            "PRT",
            "ROU",
            "SVK",
            "SVN",
            "ESP",
            "SWE",
        ]
    ),
    "NATO": frozenset(
        [
            "ALB",
            "BEL",
            "BGR",
            "CAN",
            "HRV",
            "CZE",
            "DNK",
            "EST",
            "FIN",
            "FRA",
            "DEU",
            "GRC",
            "HUN",
            "ISL",
            "ITA",
            "LVA",
            "LTU",
            "LUX",
            "MNE",
            "NLD",
            "MKD",
            "NOR",
            "POL",
            "PRT",
            "ROU",
            "SVK",
            "SVN",
            "ESP",
            "SWE",
            "TUR",
            "GBR",
            "USA",
        ]
    ),
}
TETRAGRAPHS = frozenset(
    {*GROUPS, "ISAF", "KFOR", "EUDA", "CFCK", "CMFC", "GCTF", "MCFI", "MNFI", "SFOR", "UNCK", "MIFH"}
)
#: ISO 3166-1 and what the United States' register (GENC) has beyond it.
COUNTRIES = frozenset(c.alpha3 for c in iso3166.countries) | {"XKS"}


def rank(system: str, level: str) -> int | None:
    """Place of a level on the scale shared by states, 0 (public) to 4 (top secret); None for sharing labels.

    The equivalents are those that security agreements print side by side, for example the annex of the
    agreement between the European Union and the United States (OJ L 115, 3.5.2007, p. 30). OFFICIAL has no
    equivalent there and counts as unclassified, OFFICIAL-SENSITIVE as restricted.
    """
    if system not in ("US", "NATO", "EU", "UK"):
        return None
    ladder = LADDERS[system]
    return ladder.index(level) if level in ladder else 0
