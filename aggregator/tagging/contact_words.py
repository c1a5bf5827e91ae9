"""Capitalised words beside contact persons that are no names: headings, roles, unions, firms and streets."""

from __future__ import annotations

from aggregator.tagging.text import word_set

NOT_NAMES = word_set(
    """
    vi du ni jag den det de en ett är i på om som för med till av och eller har kan ska vill vad var när hur här
    där kontakta kontakt kontakter kontaktperson kontaktpersoner ring mejla maila mail vid hör välkommen frågor
    upplysningar information fackliga facklig fackligt tel telefon tfn mobil e-post epost email e-mail phone
    mobile contact call please for questions more send apply our we you your the this that if to at or and
    hiring manager recruiting recruiter talent acquisition partner specialist human resources people site plant
    line union representative representatives rekryterande ansvarig rekryterare hr hrbp vd ceo cto cfo coo chef
    chefen enhetschef platschef rektor handläggare skicka ansök ansökan sök tjänsten tjänst intervjuer urval
    startdatum lön anställning anställningsform omfattning heltid deltid tillsvidare placering ort arbetsplats
    arbetstid sista dag dr prof phd mr mrs ms herr fru sir måndag tisdag onsdag torsdag fredag lördag söndag
    januari februari mars april maj juni juli augusti september oktober november december monday tuesday
    wednesday thursday friday saturday sunday january february march may june july august october unionen
    ledarna kommunal vision saco saco-s akademikerna akademikerförbundet ssr vårdförbundet sveriges ingenjörer
    lärare lärarförbundet if metall seko naturvetarna dik byggnads elektrikerna transport handels läkarförbundet
    facket fysioterapeuterna ofr st gs tjänstemän fackförbundet svenska engelska swedish english sverige sweden
    norge norway finland danmark dalarna dalarnas norrland stockholm göteborg malmö höga kusten nordic norra
    södra östra västra platsbanken arbetsförmedlingen linkedin teams google microsoft excel office sap cv b c ce
    be
    """
)
ROLE_ENDINGS = (
    "chef", "chefen", "ansvarig", "ansvariga", "ledare", "rekryterare", "manager", "partner", "direktör",
    "konsult", "generalist", "koordinator", "samordnare", "handläggare", "specialist", "recruiter", "director",
    "ingenjör", "sköterska", "läkare", "lärare", "assistent", "tekniker", "representant", "ombud", "förbundet",
    "mästare",
)  # fmt: skip
ORG_WORDS = word_set(
    """
    ab hb kb as oy gmbh ltd inc group gruppen koncernen kommun kommunen region regionen län länet sjukhus
    sjukhuset skola skolan gymnasium gymnasiet universitet högskola högskolan hotell hotel bryggeri bygg bil
    energi verk vård omsorg trucks förvaltning förvaltningen avdelning avdelningen enhet enheten center centrum
    bank försäkring försäkringar församling stift stiftelse stiftelsen förening föreningen industri industrier
    sverige sweden nordic scandinavia norden solutions systems services service consulting konsult konsulting
    bemanning transport logistik fastigheter fastighet maskin teknik el rör måleri plåt mekaniska verkstad
    verkstäder skog trä såg papper stål steel mining technologies technology lasarett lasarettet hälsocentral
    vårdcentral vårdcentralen folkhögskola museum teater museet teatern söner son data digital gata gatan väg
    vägen torg torget gränd plats plan park parken stad city campus bruk bruket gruva gruvan friskola
    """
)
ORG_ENDINGS = (
    "gatan", "vägen", "torget", "gränd", "skolan", "gymnasiet", "sjukhuset", "lasarettet", "kommun", "verken",
    "verket", "bolaget", "bruket", "huset", "centrum", "hotellet", "förvaltningen", "myndigheten", "bryggeri",
    "parken", "stiftelsen", "styrelsen", "industrier", "gruppen", "teknik", "bygg", "gården",
)  # fmt: skip
