"""One page of forms for each section of a profile."""

from enterprises.choices import Section
from enterprises.forms import buyer, contact, hours, offers, openings, ownership, places, who
from enterprises.forms.page import SectionPage

PAGES: dict[Section, type[SectionPage]] = {
    Section.WHO: who.Page,
    Section.OWNERSHIP: ownership.Page,
    Section.OFFERS: offers.Page,
    Section.PLACES: places.Page,
    Section.HOURS: hours.Page,
    Section.BUYER: buyer.Page,
    Section.OPENINGS: openings.Page,
    Section.CONTACT: contact.Page,
}

__all__ = ["PAGES", "SectionPage"]
