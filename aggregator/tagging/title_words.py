"""Words about job titles that no table of facts holds: everyday titles, spellings, what a head word says of level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aggregator.tagging.text import word_set

MORE_SWEDISH: Mapping[str, tuple[str, ...]] = {
    "2228": ("IVA-sjuksköterska", "ivasjuksköterska"),
    "2239": ("infektionssjuksköterska", "hjärtsjuksköterska", "forskningssjuksköterska"),
    "2221": ("sjuksköterska", "nattsjuksköterska", "sköterska legitimerad"),
    "2661": ("socionom", "socialsekreterare barn och unga"),
    "2663": ("LSS-handläggare", "biståndshandläggare"),
    "3113": ("elkonstruktör", "eltekniker"),
    "3114": (
        "mekatronikingenjör",
        "automationstekniker",
        "konstruktör maskin",
        "maskinkonstruktör",
        "mekanikkonstruktör",
    ),
    "3359": ("handläggare", "bygglovshandläggare"),
    "2422": ("fritidssamordnare", "folkhälsostrateg", "utvecklingsstrateg", "hållbarhetsstrateg"),
    "3322": (
        "företagssäljare",
        "innesäljare B2B",
        "fältsäljare",
        "customer success manager",
        "key account manager",
        "säljare",
    ),
    "4225": ("receptionist",),
    "4321": ("förrådsansvarig", "lageransvarig"),
    "4322": ("lagerarbetare", "lagermedarbetare", "terminalarbetare", "orderplockare", "logistikmedarbetare"),
    "4117": ("vårdadministratör", "läkarsekreterare"),
    "5111": ("kabinpersonal",),
    "5149": ("spaterapeut",),
    "5131": ("serveringspersonal", "servispersonal", "frukostvärdinna", "frukostvärd"),
    "5343": ("personlig assistent", "assistent LSS", "assistent"),
    "5222": ("butiksmedarbetare", "butiksbiträde"),
    "5321": ("undersköterska", "undersköterska hemtjänst", "undersköterska äldreboende", "omvårdnadspersonal"),
    "5330": ("vårdbiträde", "vårdbiträde hemtjänst", "omsorgsbiträde"),
    "7119": ("brandskyddsmontör", "köksmontör"),
    "7125": ("rörmokare", "VVS-montör", "rörläggare"),
    "7212": ("svetsare", "robotsvetsare", "TIG-svetsare", "MIG-svetsare", "licenssvetsare"),
    "7223": ("CNC-operatör", "maskinoperatör metall", "verkstadsarbetare"),
    "7231": ("lastbilsmekaniker", "personbilsmekaniker", "bilmekaniker", "fordonstekniker"),
    "7233": ("underhållstekniker", "underhållsmekaniker", "industrimekaniker", "truckmekaniker"),
    "7214": ("bilskadereparatör",),
    "6121": ("djurskötare", "djurskötare lantbruk", "djurskötare mjölkkor"),
    "8111": ("gruvarbetare",),
    "9210": ("planteringsarbetare", "skogsplanterare", "bärplockare"),
    "5223": ("butikssäljare", "säljare", "säljare butik"),
    "7411": ("elektriker", "elmontör installation"),
    "7412": ("industrielektriker", "underhållselektriker"),
    "8189": (
        "maskinoperatör",
        "produktionsoperatör",
        "processoperatör",
        "produktionsmedarbetare",
        "produktionspersonal",
    ),
    "8212": ("lindare", "transformatorlindare", "elmotorlindare", "spollindare"),
    "8219": ("montör", "industrimontör"),
    "8312": ("växlare", "bangårdsarbetare"),
    "8321": ("taxichaufför",),
    "8329": ("budbilschaufför", "budbilsförare", "distributionsförare paket"),
    "8332": (
        "distributionschaufför",
        "lastbilschaufför",
        "timmerbilschaufför",
        "renhållningschaufför",
        "C-chaufför",
        "CE-chaufför",
    ),
    "8341": ("skördarförare", "skotarförare", "skogsmaskinförare", "traktorförare"),
    "8342": ("grävmaskinist", "hjullastarförare", "pistmaskinförare"),
    "9111": ("städare", "städpersonal", "lokalvårdare", "hotellstädare", "hotellstäderska", "rumsstädare"),
    "9412": ("köksbiträde", "restaurangbiträde", "diskare", "måltidsbiträde", "måltidspersonal"),
    "9413": ("kafébiträde", "barista kafé"),
    "9629": ("liftvärd", "entrépersonal", "parkvärd"),
    "3422": ("skidlärare", "skidinstruktör", "ridlärare"),
    "3423": ("aktivitetsledare", "friluftsguide ledare"),
    "5113": ("naturguide", "fjällguide"),
    "2512": ("systemutvecklare", "fullstackutvecklare", "backendutvecklare", "mjukvaruutvecklare", "programmerare"),
    "2343": ("förskollärare", "lärare förskola"),
    "2341": ("lärare", "grundskollärare", "lärare åk 4 6", "lärare F 3"),
    "2330": ("gymnasielärare", "ämneslärare gymnasiet"),
    "5311": ("barnskötare", "förskoleassistent"),
    "5312": ("elevassistent", "resursperson skola"),
    "1370": ("produktionschef", "fabrikschef", "verkstadschef"),
    "3122": ("produktionsledare", "skiftledare", "teamledare produktion"),
    "6210": ("skogsarbetare", "röjare", "skogsvårdare"),
    "2135": ("skogsingenjör", "skogsinspektor", "jägmästare"),
    "3354": ("flyginspektör",),
}
"""SSYK 2012 -> everyday titles that JobTech's list lacks or has only inside longer ones."""

ENGLISH_VARIANTS: Mapping[str, str] = {
    "operative": "operator",
    "advisor": "adviser",
    "labourers": "labourer",
    "laborer": "labourer",
    "laborers": "labourer",
    "organizer": "organiser",
    "center": "centre",
    "theater": "theatre",
    "organization": "organisation",
    "draftsman": "drafter",
    "draughter": "drafter",
    "draughtswoman": "drafter",
    "tire": "tyre",
    "fiber": "fibre",
    "mold": "mould",
    "molder": "moulder",
    "molding": "moulding",
    "program": "programme",
    "jewelry": "jewellery",
    "lorry": "truck",
    "expert": "specialist",
    "refurbishing": "repair",
    "superintendent": "supervisor",
    "overseer": "supervisor",
    "superviser": "supervisor",
    "foreman": "supervisor",
    "forewoman": "supervisor",
    "testers": "tester",
}
"""English words that mean the same in a title -> the one our table uses."""

_HEADS: Mapping[int, str] = {
    4: """
    manager director engineer scientist analyst consultant lecturer professor teacher researcher architect
    designer developer nurse lawyer physician doctor therapist adviser editor writer artist librarian economist
    psychologist accountant auditor biologist chemist physicist planner translator interpreter surgeon dentist
    pharmacist veterinarian curator composer producer journalist specialist academic docent tutor engineers
    strategist programmer conservator statistician officer geologist ecologist counsellor minister executive
    surveyor archaeologist historian philosopher trainer principal dean head chief administrator attorney
    technologist animator midwife priest reporter critic practitioner educator lector scholar physiotherapist
    pedagogue judge dancer actor acrobat sculptor singer musician illustrator mentor facilitator
    counselor pathologist radiologist trustee registrar lobbyist diplomat mayor ambassador president governor
    copywriter essayist novelist poet composer coordinator conservationist zoologist geographer actuary
    mathematician optometrist dietitian nutritionist chiropractor osteopath audiologist bishop
    chaplain missionary editor webdesigner optimiser auditor evaluator examiner pharmacologist toxicologist
    metallurgist architects professional
    """,
    3: """
    technician supervisor broker agent inspector instructor coach representative secretary drafter controller
    leader pilot captain buyer bookkeeper assessor appraiser technicians paralegal photographer hygienist
    optician decorator stylist forwarder trader dealer athlete referee valuer underwriter prosthetist purchaser
    merchant chef draftsperson wholesaler official player paramedic hygienist detective promoter
    auctioneer naturopath footballer draftswoman cameraman projectionist webmaster monitor skipper mate
    animateur gymnast boxer golfer jockey estimator homeopath herbalist masseur masseuse reflexologist tattooist
    organiser sergeant soundman bailiff
    """,
    2: """
    operator worker maker mechanic driver fitter repairer installer assembler clerk attendant seller tester
    cutter painter finisher tender setter guard grower farmer breeder assistant cook welder keeper erector
    moulder grinder polisher turner carpenter plumber electrician roofer joiner builder baker butcher weaver
    sewer tailor printer binder receptionist cashier waiter waitress bartender barista hairdresser beautician
    carer guide steward fisherman fisher logger miner driller rigger smith plater caster restorer engraver
    blower presser sawyer grader checker upholsterer shoemaker locksmith machinist server firefighter
    salesperson aide nanny undertaker trapper hunter gardener conductor dyer roaster brewer miller curer
    dispatcher teller telemarketer groom jeweller potter tanner layer plasterer glazier insulator
    bricklayer mason tiler scaffolder crew deckhand sailor fabricator trimmer upholster repairman sprayer mixer
    bookmaker croupier merchandiser scheduler groomer caretaker woodcarver messenger sitter climber buffer firer
    marker caller craftswoman craftsman apprentice artisan farrier stitcher threader burner presser pressman
    digger dredger excavator valet butler companion astrologer embalmer demonstrator model rider courier
    chauffeur shunter signaller trapper ranger carver modeller potter framer bender roller drawer
    straightener riveter solderer brazier assembler tuner stringer voicer embroiderer hatter furrier dressmaker
    cobbler saddler distiller fermenter blender maltster refiner boiler canner bottler splicer jointer lineman
    linesman fixer florist fumigator exterminator diver blaster shotfirer taster policeman constable warden
    bouncer lifeguard milker shepherd herder nurseryman beekeeper housekeeper janitor concierge

    """,
    1: """
    labourer cleaner packer helper picker handler collector sweeper hand sorter filler porter washer vendor dishwasher
    loader
    stacker mover housemaid cleaner
    """,
}
_LEVEL_OF_HEAD = {word: level for level, listed in _HEADS.items() for word in listed.split()}
_WEAK_HEADS = word_set(
    """
    officer specialist coordinator administrator assistant inspector agent instructor controller worker leader
    surveyor artist head trainer tester handler chief technologist attendant
    """
)
_RETAIL_MANAGERS = word_set(
    """
    shop store restaurant hotel rental cafe bar spa leisure theatre cinema retail merchandise centre bookshop
    laundry venue accommodation hostel wholesale resort recreation recreational sport sports travel catering
    campground campsite conferencing entertainment entertainments counter stall station showroom canteen banquet
    pub boutique bakery
    """
)
_TRADE = (
    r"machine|engine|vehicle|motor\w*|car|bike|bicycle|scooter|aircraft|pipeline|"
    r"cable|weld\w*|print\w*|press|drill\w*|mould\w*|"
    r"kiln|refurbish\w*|repair|assembl\w*|install\w*|pump|lubricat\w*|machinery|"
    r"carpet|gas|sprinkler|water|drum|guitar|piano|"
    r"organ|instruments?|cutter|cutting|dipping|coating|plating|paint\w*|sew\w*|"
    r"leather|wood\w*|battery|electricity|lift|elevator|"
    r"cleaning|rearing|husbandry|fish\w*|interior|tyre|body|glass|insulat\w*|"
    r"roof\w*|maintenance of|appliances?|atm|vending|optical disc"
)
_HINTS: Sequence[tuple[frozenset[str], re.Pattern[str], int]] = (
    (frozenset({"technician", "specialist", "inspector"}), re.compile(rf"\b(?:{_TRADE})\b"), 2),
    (
        frozenset({"specialist", "officer", "assistant", "manager"}),
        re.compile(
            r"\b(?:import|export|customs|trade compliance|purchas\w*|procurement|draft\w*|"
            r"intellectual|acquisition|loans?|"
            r"mortgage|optician|airfield|aeronautical|tribunals?|fitness|land)\b"
        ),
        3,
    ),
    (
        frozenset({"manager"}),
        re.compile(r"\b(?:import export|import|export|wholesale) manager\b|\b(?:customs|trade compliance) manager\b"),
        4,
    ),
    (
        frozenset({"operator"}),
        re.compile(
            r"\b(?:power|solar|wind|hydro\w*|geo\s?thermal|nuclear|drone|unmanned|audio|"
            r"sound|projection|camera|media|furnace|"
            r"compressor|refinery|treatment|control room|cctv|board|monitoring|lighting|"
            r"video|computer|helicopter)\b"
        ),
        3,
    ),
    (
        frozenset({"worker"}),
        re.compile(r"\b(?:social|care|youth|family|community|addiction|outreach|welfare|development)\b"),
        4,
    ),
    (
        frozenset({"worker", "operator"}),
        re.compile(
            r"\b(?:harvest\w*|horticultur\w*|silviculture|vineyard|housekeeping|street|waste|"
            r"warehouse|distribution|factory hand|civils?)\b"
        ),
        1,
    ),
    (frozenset({"supervisor"}), re.compile(r"\b(?:rental|shop|desk|luggage|store|checkout|weld\w*|gas|sewer\w*)\b"), 2),
    (
        frozenset({"consultant", "adviser"}),
        re.compile(r"\b(?:sales|rental|travel|loan|mortgage|insurance|beauty|real estate)\b"),
        3,
    ),
    (
        frozenset({"assistant"}),
        re.compile(r"\b(?:editorial|engineering|care|dispensing|medical|legal|research|technical|technology)\b"),
        3,
    ),
    (
        frozenset({"instructor"}),
        re.compile(r"\b(?:science|studies|academic|university|police|fire|vocational|military|college)\b"),
        4,
    ),
    (
        frozenset({"inspector"}),
        re.compile(r"\b(?:parts|stock|pcb|device|circuit|leaf|qs|equipment|product|assembly|quality)\b"),
        2,
    ),
)
"""Head word, what stands before it, and the level it then has: "vehicle technician" is a trade, "chemistry technician"
is not. The first that fits counts."""


def level_prior(names: Sequence[str]) -> dict[int, float]:
    """What the head word of an English title says of its skill level: level -> weight 0-1, empty when nothing.

    The head is the last word of the title's first part ("technician" in "service technician in mining").
    """
    for name in sorted(names[:2], key=len):
        parts = name.split()
        if not parts:
            continue
        head = parts[-1]
        level = _LEVEL_OF_HEAD.get(head) or _LEVEL_OF_HEAD.get(head.removesuffix("s"))
        if level is None and head.endswith(("ologist", "ician")):
            level = 4
        if level is None:
            continue
        hinted = next((step for heads, before, step in _HINTS if head in heads and before.search(name)), None)
        if hinted:
            return {hinted: 1.0}
        if head == "manager" and _RETAIL_MANAGERS.intersection(parts):
            level = 3
        return {level: 0.4 if head in _WEAK_HEADS else 1.0}
    return {}
