"""Words about job titles that no table of facts holds: everyday titles, spellings, what a head word says of the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MORE_SWEDISH: Mapping[str, tuple[str, ...]] = {
    "2228": ("IVA-sjuksköterska", "ivasjuksköterska"),
    "2239": ("infektionssjuksköterska", "hjärtsjuksköterska", "forskningssjuksköterska"),
    "2221": ("sjuksköterska", "nattsjuksköterska", "sköterska legitimerad"),
    "2661": ("socionom", "socialsekreterare barn och unga"),
    "2663": ("LSS-handläggare", "biståndshandläggare"),
    "3113": ("elkonstruktör", "eltekniker"),
    "3114": ("mekatronikingenjör", "automationstekniker"),
    "3359": ("handläggare", "bygglovshandläggare"),
    "2422": ("fritidssamordnare", "folkhälsostrateg", "utvecklingsstrateg", "hållbarhetsstrateg"),
    "3322": ("företagssäljare", "innesäljare B2B", "fältsäljare", "customer success manager", "key account manager", "säljare"),
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
    "8189": ("maskinoperatör", "produktionsoperatör", "processoperatör", "produktionsmedarbetare", "produktionspersonal"),
    "8219": ("montör", "industrimontör"),
    "8312": ("växlare", "bangårdsarbetare"),
    "8321": ("taxichaufför",),
    "8329": ("budbilschaufför", "budbilsförare", "distributionsförare paket"),
    "8332": ("distributionschaufför", "lastbilschaufför", "timmerbilschaufför", "renhållningschaufför", "C-chaufför", "CE-chaufför"),
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
    manager director engineer scientist analyst consultant lecturer professor teacher researcher architect designer developer
    nurse lawyer physician doctor therapist adviser editor writer artist librarian economist psychologist accountant auditor
    biologist chemist physicist planner translator interpreter surgeon dentist pharmacist veterinarian curator composer
    producer journalist specialist academic docent tutor engineers strategist programmer conservator statistician officer
    geologist ecologist counsellor minister executive surveyor archaeologist historian philosopher trainer principal dean
    head chief administrator attorney technologist ecologists animator midwife priest reporter critic
    """,
    3: """
    technician supervisor broker agent inspector instructor coach representative secretary drafter controller leader pilot
    captain buyer bookkeeper assessor appraiser technicians paralegal photographer hygienist optician decorator stylist
    forwarder trader dealer athlete referee valuer coordinator underwriter prosthetist purchaser engineman merchant planner2
    """,
    2: """
    operator worker maker mechanic driver fitter repairer installer assembler clerk attendant seller tester cutter painter
    finisher tender setter guard grower farmer breeder assistant cook welder keeper erector moulder grinder polisher turner
    carpenter plumber electrician roofer joiner builder baker butcher weaver sewer tailor printer binder receptionist cashier
    waiter waitress bartender barista hairdresser beautician carer guide steward fisherman fisher logger miner driller rigger
    smith plater caster restorer engraver blower presser sawyer grader checker upholsterer shoemaker locksmith machinist server
    handler2 firefighter salesperson aide nanny undertaker trapper hunter gardener conductor dyer roaster brewer miller curer
    specialiser dispatcher teller telemarketer groom jeweller potter tanner layer plasterer glazier insulator bricklayer mason
    tiler scaffolder crew deckhand sailor
    """,
    1: """
    labourer cleaner packer helper picker handler collector sweeper hand sorter filler porter washer vendor dishwasher loader
    stacker mover housemaid cleaner attendant1
    """,
}
_LEVEL_OF_HEAD = {word: level for level, listed in _HEADS.items() for word in listed.split()}
_WEAK_HEADS = frozenset(
    "officer specialist coordinator administrator assistant inspector agent instructor controller worker leader surveyor "
    "artist head trainer tester handler chief technologist attendant".split()  # noqa: SIM905
)
_RETAIL_MANAGERS = frozenset(
    "shop store restaurant hotel rental cafe bar spa leisure theatre cinema retail merchandise centre bookshop laundry club "
    "venue accommodation hostel wholesale resort recreation sport sports travel catering".split()  # noqa: SIM905
)


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
        if head == "manager" and _RETAIL_MANAGERS.intersection(parts):
            level = 3
        return {level: 0.4 if head in _WEAK_HEADS else 1.0}
    return {}
