from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import RedirectView

from directory.api import archive
from directory.page_cache import kept
from directory.replica import public
from directory.views import (
    data_files,
    embed,
    errors,
    feeds,
    following,
    home,
    identities,
    listing,
    machines,
    maps,
    number_check,
    pages,
    photos,
    places,
    preview,
    profile,
    shortlists,
    signs,
    suggestions,
    terms,
    texts,
    visits,
)

register_converter(shortlists.Token, "token")
register_converter(shortlists.Kind, "kind")

urlpatterns = [
    path("healthz", machines.healthz, name="healthz"),
    path("readyz", machines.readyz, name="readyz"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", public(machines.sitemap), name="sitemap"),
    path("sitemap-pages.xml.gz", public(machines.sitemap_of_pages), name="sitemap-pages"),
    path(
        "sitemap-profiles-<int:number>.xml.gz", public(machines.sitemap_of_profiles), name="sitemap-profiles"
    ),
    path("indexnow.txt", machines.index_now_key, name="index-now-key"),
    path("id/dataset", identities.dataset, name="dataset-id"),
    path("id/enterprise/<int:pk>", identities.enterprise, name="enterprise-id"),
    path("id/<slug:facet>", identities.scheme, name="scheme-id"),
    path("id/<slug:facet>/<slug:slug>", identities.concept, name="concept-id"),
    path(f"aabne-data/{archive.NAME}", data_files.everything, name="dump"),
    path(f"aabne-data/{archive.NAME}.sha256", data_files.checksum, name="dump-checksum"),
    path("aabne-data/datasaet.jsonld", data_files.dataset_jsonld, name="dataset-jsonld"),
    path("aabne-data/datasaet.ttl", data_files.dataset_turtle, name="dataset-turtle"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/favicon.ico"), name="favicon"),
    path("was", pages.was, name="was"),
    path("api/v1/", include("directory.api.urls")),
    path("huse/<slug:slug>.png", public(profile.house_image), name="house-image"),
    re_path(
        r"^medier/(?P<digest>[0-9a-f]{32})-(?P<width>[1-9][0-9]{1,3})\.(?P<extension>avif|webp|jpg)$",
        photos.photo,
        name="photo",
    ),
    re_path(
        r"^skilte/(?P<slug>[-\w]+)/maerke-(?P<language>da|en)-(?P<look>light|dark)\.(?P<suffix>svg|png)$",
        kept(signs.badge),
        name="badge",
    ),
    re_path(r"^skilte/(?P<slug>[-\w]+)/qr\.(?P<suffix>svg|png)$", kept(signs.qr_code), name="qr-code"),
    path("tal/klik", visits.clicked, name="clicked"),
    *i18n_patterns(
        path("", kept(home.home), name="home"),
        path(_("virksomheder/"), kept(listing.listing), name="listing"),
        path(_("virksomheder/forslag"), kept(suggestions.suggestions), name="suggestions"),
        path(_("virksomheder/steder"), places.suggestions, name="places"),
        path(_("virksomheder/<slug:slug>/"), kept(profile.profile), name="profile"),
        path(_("virksomheder/<slug:slug>/kontakt.vcf"), public(profile.vcard), name="vcard"),
        path(_("virksomheder/<slug:slug>/meld-fejl/"), profile.report_error, name="report-error"),
        path(_("skilte/<slug:slug>/kort/"), kept(signs.card), name="sign-card"),
        path(_("skilte/<slug:slug>/vindue/"), kept(signs.window), name="window-sign"),
        path(_("kort/"), kept(maps.city_map), name="map"),
        path(_("kort/punkter"), kept(maps.points), name="map-points"),
        path(_("brancher/"), kept(terms.index), {"facet": "sector"}, name="sectors"),
        path(_("brancher/<slug:slug>/"), kept(terms.landing), {"facet": "sector"}, name="sector"),
        path(_("ejerskab/"), kept(terms.index), {"facet": "ownership"}, name="ownerships"),
        path(_("ejerskab/<slug:slug>/"), kept(terms.landing), {"facet": "ownership"}, name="ownership"),
        path(_("formaal/"), kept(terms.index), {"facet": "mission"}, name="missions"),
        path(_("formaal/<slug:slug>/"), kept(terms.landing), {"facet": "mission"}, name="mission"),
        path(_("bydele/"), kept(terms.index), {"facet": "district"}, name="districts"),
        path(_("bydele/<slug:slug>/"), kept(terms.landing), {"facet": "district"}, name="district"),
        path(_("indkoeb/liste/"), shortlists.own, name="shortlist"),
        path(_("indkoeb/liste/gemte"), shortlists.saved, name="shortlist-saved"),
        path(_("indkoeb/liste/sammenlign/"), shortlists.compare, name="shortlist-compare"),
        path(_("indkoeb/liste/fil.<kind:suffix>"), shortlists.file, name="shortlist-file"),
        path(_("indkoeb/liste/<token:token>/"), shortlists.shared, name="shared-shortlist"),
        path(
            _("indkoeb/liste/<token:token>/sammenlign/"), shortlists.compare, name="shared-shortlist-compare"
        ),
        path(
            _("indkoeb/liste/<token:token>/fil.<kind:suffix>"), shortlists.file, name="shared-shortlist-file"
        ),
        path(_("indkoeb/tjek/"), number_check.check, name="number-check"),
        path(_("foelg/"), kept(following.follow), name="follow"),
        path(_("foelg/bestil/"), following.ask, name="ask-to-follow"),
        path(_("feeds/virksomheder.atom"), kept(feeds.feed), name="feed"),
        path(_("embed/liste/"), kept(embed.card_list), name="embed-list"),
        path(_("embed/kort/"), kept(embed.city_map), name="embed-map"),
        path(_("om/"), kept(texts.text_page), {"key": "about"}, name="about"),
        path(_("tilfoej/"), kept(texts.text_page), {"key": "add"}, name="add"),
        path(_("grundlag/"), kept(texts.text_page), {"key": "grounds"}, name="grounds"),
        path(_("indkoeb/"), kept(texts.text_page), {"key": "buying"}, name="buying"),
        path(_("raekkefoelge/"), kept(texts.text_page), {"key": "order"}, name="order"),
        path(_("tilgaengelighed/"), kept(texts.text_page), {"key": "accessibility"}, name="accessibility"),
        path(_("privatliv/"), kept(texts.text_page), {"key": "privacy"}, name="privacy"),
        # Not kept: it tells of the night's file, which no generation counts.
        path(_("aabne-data/"), public(pages.open_data), name="open-data"),
        path(_("aabne-data/api/"), kept(pages.open_data_api), name="open-data-api"),
        path("llms.txt", kept(machines.llms), name="llms"),
        path(_("aabne-data/indlejring/"), kept(embed.builder), name="embed-builder"),
        path(_("stilguide/"), pages.style_guide, name="style-guide"),
        path(_("min/<slug:slug>/vis/"), preview.preview, name="preview"),
        path("", include("enterprises.urls")),
        path(_("admin/tekster/<slug:key>/vis/"), admin.site.admin_view(texts.preview), name="preview-text"),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many_requests
handler500 = errors.server_error
