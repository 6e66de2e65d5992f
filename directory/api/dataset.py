"""The data set described as DCAT-AP, for the catalogues of data that others keep."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from directory import identities
from directory.api import archive
from directory.api.rdf import Json, both, link, literal
from directory.api.records import ATTRIBUTION, LICENCE, moment
from directory.models import Dump

AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA_TYPE = "https://www.iana.org/assignments/media-types"
# The name of an address, what it is called, the EU's word for its format, and its media type.
FILES = (
    ("api-enterprises-csv", "csv", "CSV", "text/csv"),
    ("api-enterprises-ndjson", "NDJSON", "JSON", "application/x-ndjson"),
    ("api-enterprises-jsonld", "JSON-LD", "JSON_LD", "application/ld+json"),
    ("api-places", "GeoJSON", "GEOJSON", "application/geo+json"),
)


def nodes(dump: Dump | None, modified: datetime | None) -> list[Json]:
    distributions = [_distribution(*file) for file in FILES]
    if dump:
        distributions.append(_whole(dump))
    return [
        _catalog(),
        _dataset([each["@id"] for each in distributions], modified),
        _service(),
        *distributions,
    ]


def _at(name: str) -> str:
    return f"{settings.SITE_URL}{reverse(name)}"


def _catalog() -> Json:
    return {
        "@id": f"{identities.dataset()}#catalog",
        "@type": "dcat:Catalog",
        "dcterms:title": ATTRIBUTION,
        "dcterms:description": _in_both(_("Hvad du kan hente fra kataloget, og hvordan du må bruge det.")),
        "dcterms:publisher": _publisher(),
        "dcterms:license": link(LICENCE),
        "foaf:homepage": link(f"{settings.SITE_URL}/"),
        "dcat:dataset": link(identities.dataset()),
        "dcat:service": link(f"{identities.dataset()}#api"),
    }


def _dataset(distributions: list[str], modified: datetime | None) -> Json:
    told: Json = {
        "@id": identities.dataset(),
        "@type": "dcat:Dataset",
        "dcterms:title": _in_both(_("Københavns demokratiske, kooperative og socialøkonomiske virksomheder")),
        "dcterms:description": _in_both(
            _(
                "Navn, ejerskab, brancher, formål, steder, ydelser og dokumentation for hver virksomhed. "
                "Uden kontaktpersoner, telefonnumre, mailadresser og skjulte adresser."
            )
        ),
        "dcterms:publisher": _publisher(),
        "dcterms:license": link(LICENCE),
        "dcterms:language": [link(f"{AUTHORITY}/language/{code}") for code in ("DAN", "ENG")],
        "dcterms:accrualPeriodicity": link(f"{AUTHORITY}/frequency/UPDATE_CONT"),
        "dcterms:accessRights": link(f"{AUTHORITY}/access-right/PUBLIC"),
        "dcterms:identifier": identities.dataset(),
        "dcat:theme": [link(f"{AUTHORITY}/data-theme/{code}") for code in ("ECON", "SOCI")],
        "dcat:landingPage": link(_at("open-data")),
        "dcat:distribution": [link(each) for each in distributions],
    }
    if settings.CONTACT_EMAIL:
        told["dcat:contactPoint"] = {
            "@type": "vcard:Organization",
            "vcard:fn": settings.SITE_OWNER,
            "vcard:hasEmail": link(f"mailto:{settings.CONTACT_EMAIL}"),
        }
    if modified:
        told["dcterms:modified"] = literal(moment(modified), "xsd:dateTime")
    return told


def _publisher() -> Json:
    return {"@type": "foaf:Agent", "foaf:name": settings.SITE_OWNER}


def _service() -> Json:
    return {
        "@id": f"{identities.dataset()}#api",
        "@type": "dcat:DataService",
        "dcterms:title": _in_both(_("Åbne data som API")),
        "dcterms:license": link(LICENCE),
        "dcat:endpointURL": link(_at("api-enterprises")),
        "dcat:endpointDescription": link(_at("api-openapi")),
        "dcat:servesDataset": link(identities.dataset()),
        "foaf:page": link(_at("open-data-api")),
    }


def _distribution(name: str, title: str, file_type: str, media_type: str) -> Json:
    return {
        "@id": f"{identities.dataset()}#{name}",
        "@type": "dcat:Distribution",
        "dcterms:title": title,
        "dcterms:license": link(LICENCE),
        "dcterms:format": link(f"{AUTHORITY}/file-type/{file_type}"),
        "dcat:mediaType": link(f"{MEDIA_TYPE}/{media_type}"),
        "dcat:accessURL": link(_at("open-data")),
        "dcat:downloadURL": link(_at(name)),
    }


def _whole(dump: Dump) -> Json:
    return _distribution("dump", archive.NAME, "ZIP", "application/zip") | {
        "dcterms:modified": literal(moment(dump.made_at), "xsd:dateTime"),
        "dcat:byteSize": literal(dump.size, "xsd:nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": link("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": literal(dump.sha256, "xsd:hexBinary"),
        },
    }


def _in_both(text: Promise) -> list[Json]:
    told = []
    for language in ("da", "en"):
        with override(language):
            told.append(str(text))
    return both(*told)
