"""Words that say that somebody says something, and with which stance. Written for this project.

A cue's stance is where one starts from; what is said can change it (`stances`).
"""

from __future__ import annotations

from fother.model.press import Stance


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())


def _table(*rows: tuple[Stance, str]) -> dict[str, Stance]:
    return {word: stance for stance, words in rows for word in words.split()}


#: Lemmas of verbs that take a clause or a quotation.
VERBS: dict[str, Stance] = _table(
    (
        "assert",
        "say tell add state note explain remark declare announce assert argue contend maintain insist claim "
        "comment observe write tweet post describe recall suggest indicate point stress emphasize emphasise "
        "highlight outline underline underscore reveal report disclose reiterate repeat continue joke quip "
        "conclude mention testify recount predict estimate believe think fear suspect reply answer respond "
        "agree signal hint imply show detail determine assess inform advise call read boast complain lament "
        "counter retort shout muse acknowledge allow recommend propose reckon hold brief voice express "
        "welcome praise forecast expect warrant publish echo cry exclaim interject murmur whisper text email "
        "record list summarise summarize set characterise characterize",
    ),
    ("deny", "deny refute rebut reject dismiss repudiate disavow dispute disown rubbish"),
    ("confirm", "confirm acknowledge admit concede verify affirm corroborate authenticate"),
    ("reassure", "reassure assure"),
    ("urge", "urge implore exhort beg appeal demand request press plead"),
    ("warn", "warn caution"),
    ("promise", "promise vow pledge undertake"),
    ("accuse", "accuse allege blame charge"),
    (
        "condemn",
        "condemn denounce decry deplore lambast lambaste slam blast criticise criticize attack assail",
    ),
    ("ask", "ask wonder question query"),
)

#: Verbs whose object alone is what is said: "denied the report", "outlined four options".
WITH_OBJECT = words_of(
    """
    deny refute rebut reject dismiss repudiate disavow dispute disown rubbish confirm acknowledge
    admit concede verify corroborate authenticate describe condemn denounce decry deplore lambast
    lambaste slam blast criticise criticize assail blame predict announce reveal disclose detail
    outline question welcome praise express voice promise pledge propose forecast demand warn
    recommend list summarise summarize set reiterate stress emphasise emphasize underline
    """
)
#: Verbs whose infinitive is what is said: "promised to investigate", "urged the ministry to answer".
WITH_INFINITIVE = words_of(
    """
    urge implore exhort beg ask tell promise vow pledge undertake warn advise demand request call
    appeal threaten claim press agree order instruct offer recommend plead caution
    """
)
#: Verbs that go with quoted words most of all; they win over others that stand as near.
QUOTING = words_of(
    """
    say tell add state note explain remark declare announce write tweet post reply answer respond
    ask warn argue insist continue conclude joke quip stress comment observe read maintain recall
    repeat complain admit deny confirm claim counter retort shout exclaim interject begin testify
    text email
    """
)
#: Verbs that carry on where another verb's subject speaks: "went on to say", "sought to reassure".
CARRIERS = words_of(
    """
    go seek try continue want move rush appear come proceed attempt begin
    """
)

#: Verbs that refuse; what they refuse must be to speak.
REFUSING = frozenset(
    (
        "decline",
        "refuse",
    )
)
SPEAKING = words_of(
    """
    comment say discuss answer confirm elaborate respond talk speak identify name provide give
    disclose address verify deny tell explain be acknowledge reveal describe offer specify share
    take react draw weigh
    """
)
#: Verbs that, negated, are silence: "did not respond to a request".
ANSWERING = frozenset(
    (
        "respond",
        "reply",
        "answer",
        "comment",
        "return",
        "react",
    )
)
SILENT = frozenset(
    (
        "mum",
        "silent",
        "tight-lipped",
        "quiet",
        "tightlipped",
        "unavailable",
        "unreachable",
        "coy",
    )
)

#: Deeds that are promises: "opened an inquiry into the leak".
OPENING = frozenset(
    (
        "launch",
        "open",
        "order",
        "begin",
        "start",
        "announce",
        "commission",
        "set",
        "establish",
    )
)
INQUIRIES = frozenset(
    (
        "investigation",
        "inquiry",
        "enquiry",
        "probe",
        "review",
        "hunt",
        "audit",
    )
)
INQUIRING = frozenset(
    (
        "investigate",
        "probe",
    )
)

#: What documents are called; a statement is a vessel, not a leaked document.
DOCUMENTS = words_of(
    """
    document leak file memo memorandum cable slide report dossier briefing paper material assessment
    record email e-mail transcript letter note draft presentation spreadsheet annex minute page
    correspondence message trove cache intelligence excerpt plan deck audit log diary list
    submission study contract table map chart database archive manual annexe image photo picture
    video recording tape directory figure minutes
    """
)
#: Of these, the ones that need the word "leaked" or the like beside them.
WEAK_DOCUMENTS = words_of(
    """
    report material record email e-mail transcript letter note draft message plan page intelligence
    minute correspondence excerpt presentation spreadsheet paper deck audit log diary list
    submission study contract table map chart database archive manual image photo picture video
    recording tape directory figure
    """
)
LEAKED = words_of(
    """
    leak leaked stolen hacked purloined secret top-secret classified confidential unauthorised
    unauthorized internal restricted sensitive purported alleged apparent disputed published
    anonymous
    """
)
VESSELS = words_of(
    """
    statement release communique communiqué tweet post message letter reply response note e-mail
    email blog communication remarks remark interview briefing speech address conference op-ed
    """
)

#: Nouns for people who stay unnamed.
PEOPLE = words_of(
    """
    official source aide spokesman spokeswoman spokesperson diplomat adviser advisor minister
    secretary director deputy chief general admiral lawmaker senator prosecutor investigator analyst
    staffer person people individual expert insider member leader president chairman chairwoman
    chair ambassador attorney lawyer officer envoy critic observer politician soldier employee
    worker executive commissioner governor mayor judge researcher professor colonel captain
    commander representative colleague friend resident witness whistleblower contractor engineer
    historian man woman figure mp legislator negotiator ex-official ex-minister ombudsman inspector
    editor reporter correspondent journalist columnist blogger anchor host
    """
)
#: Nouns for bodies named by what they are.
BODIES = words_of(
    """
    ministry government agency department office embassy company service army military police
    parliament committee council commission union party administration bureau navy force
    organisation organization cabinet chancellery court foundation group bank firm authority
    directorate secretariat watchdog regulator delegation alliance presidency palace command
    intelligence mission board consulate hospital clinic school institute university association
    federation corporation opposition team side board supplier operator maker union charity church
    club
    """
)
#: Last words of the names of outlets, and nouns for outlets.
OUTLET_ENDINGS = words_of(
    """
    ledger post times herald tribune gazette courier chronicle journal telegraph observer mirror
    globe news newspaper wire press tv radio magazine bulletin dispatch sentinel examiner star
    standard echo mercury inquirer register weekly daily today review argus clarion broadcaster
    channel network blog bugle beacon record monitor zeitung tidende
    """
)
OUTLET_NOUNS = words_of(
    """
    newspaper paper broadcaster outlet magazine station tabloid daily weekly website site network
    blog podcast programme program publication media newsroom
    """
)
GENDERS = {
    **dict.fromkeys(("mr", "sir", "lord", "spokesman", "chairman", "king", "prince", "father", "he"), "m"),
    **dict.fromkeys(
        ("mrs", "ms", "miss", "lady", "dame", "spokeswoman", "chairwoman", "queen", "princess", "she"), "f"
    ),
}

#: Subjects that name no source.
NO_SPEAKERS = frozenset(("i", "we", "you", "this", "that", "there", "what", "which"))
