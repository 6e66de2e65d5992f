"""Which of our words mean what one of ESSGlobal's does.

ESSGlobal is the vocabulary of the networks of the social and solidarity economy (RIPESS). Only where a
concept of theirs covers what our word is used for does it stand here; staff's own words have none.
"""

from __future__ import annotations

STANDARD = "http://purl.org/essglobal/standard/"
# Goods & Services: far wider than our words for some of them.
BROAD = "AM70"
STRUCTURE, ACTIVITIES = f"{STANDARD}organisational-structure/", f"{STANDARD}activities-modified/"

CONCEPTS: dict[str, dict[str, str]] = {
    "ownership": {
        "medarbejderejet": f"{STRUCTURE}OS60",  # Workers co-operative
        "forbrugerejet": f"{STRUCTURE}OS80",  # Consumer co-operative
        "producentejet": f"{STRUCTURE}OS90",  # Producer co-operative
        "blandet": f"{STRUCTURE}OS100",  # Multi-stakeholder co-operative
        "privat-social": f"{STRUCTURE}OS30",  # Social enterprise
    },
    "sector": {
        "mad-catering": f"{ACTIVITIES}AM60",  # Food
        "byggeri-haandvaerk": f"{ACTIVITIES}AM70",  # Goods & Services
        "groenne-omraader": f"{ACTIVITIES}AM110",  # Nature, Conservation & Environment
        "rengoering-ejendom": f"{ACTIVITIES}AM70",
        "tryk-kommunikation": f"{ACTIVITIES}AM70",
        "it-data": f"{ACTIVITIES}AM70",
        "raadgivning-jura": f"{ACTIVITIES}AM70",
        "finans": f"{ACTIVITIES}AM100",  # Money & Finance
        "undervisning": f"{ACTIVITIES}AM40",  # Education
        "social-sundhed": f"{ACTIVITIES}AM80",  # Health, Social Care & Wellbeing
        "kultur-event": f"{ACTIVITIES}AM10",  # Arts, Media, Culture & Leisure
        "butik-genbrug": f"{ACTIVITIES}AM120",  # Reduce, Reuse, Repair & Recycle
        "cykel-transport": f"{ACTIVITIES}AM160",  # Transport
    },
}


def concept(facet: str, slug: str) -> str | None:
    return CONCEPTS.get(facet, {}).get(slug)
