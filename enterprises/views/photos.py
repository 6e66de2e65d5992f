"""The section of logo and photos, which come as files and so are saved one at a time."""

from __future__ import annotations

import logging

from allauth.core.ratelimit import consume
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises import access, choices, editing, sections
from enterprises.access import person
from enterprises.choices import Section
from enterprises.forms.base import SectionForm
from enterprises.models import Enterprise, Photo
from enterprises.photos import keeping, reading, uploads
from enterprises.views.framing import shows_preview
from enterprises.views.trail import trail

logger = logging.getLogger(__name__)

# What settings.ACCOUNT_RATE_LIMITS calls it.
UPLOAD = "upload_photo"
STEPS = {"up": -1, "down": 1}


class WordsForm(SectionForm):
    """What is said about a picture."""

    class Meta:
        model = Photo
        fields = ("alt_da", "alt_en", "credit")
        labels = {
            "alt_da": gettext_lazy("Hvad ser man på billedet? (dansk)"),
            "alt_en": gettext_lazy("Hvad ser man på billedet? (engelsk)"),
            "credit": gettext_lazy("Fotograf"),
        }
        error_messages = {
            "alt_da": {"required": gettext_lazy("Skriv, hvad man ser på billedet.")},
        }


class UploadForm(WordsForm):
    file = forms.FileField(
        label=gettext_lazy("Billedfil"),
        help_text=gettext_lazy("JPEG, PNG eller WebP, højst 12 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": gettext_lazy("Vælg en billedfil."),
            "empty": gettext_lazy("Filen er tom. Vælg en anden."),
        },
    )
    field_order = ("file", "alt_da", "alt_en", "credit")

    class Meta(WordsForm.Meta):
        help_texts = {
            "alt_da": gettext_lazy(
                "Læses op for dem, der ikke kan se det. Fx “To bagere tager brød ud af ovnen”."
            ),
        }

    def refuse(self, field: str, sentence: str) -> None:
        """Say that alone of the field."""
        self.errors.pop(field, None)
        self.add_error(field, sentence)


class LogoForm(UploadForm):
    class Meta(UploadForm.Meta):
        fields = ("alt_da", "alt_en")  # type: ignore[assignment]
        labels = {
            "alt_da": gettext_lazy("Hvad ser man på logoet? (dansk)"),
            "alt_en": gettext_lazy("Hvad ser man på logoet? (engelsk)"),
        }
        help_texts = {
            "alt_da": gettext_lazy(
                "Læses op for dem, der ikke kan se det. Fx “Brød & Broers logo: et brød under en bro”."
            ),
        }


UPLOADS: dict[str, type[UploadForm]] = {
    choices.PhotoKind.LOGO: LogoForm,
    choices.PhotoKind.PHOTO: UploadForm,
}


@never_cache
@shows_preview
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, slug: str) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    if request.method != "POST":
        return _page(request, enterprise)
    kind = request.POST.get("kind", "")
    if kind not in UPLOADS:
        raise Http404
    form = UPLOADS[kind](request.POST, request.FILES, auto_id=_ids(kind))
    if not _added(request, enterprise, kind, form):
        return _page(request, enterprise, form, wrong_upload=kind)
    messages.success(request, _("Billedet er lagt op. %(when)s") % {"when": _when_shown(enterprise)})
    return redirect("photos", slug)


def _added(request: HttpRequest, enterprise: Enterprise, kind: str, form: UploadForm) -> bool:
    if not consume(request, action=UPLOAD):
        form.refuse("file", _("Det var mange billeder på kort tid. Vent en time, og prøv igen."))
        return False
    if uploads.had_too_large(request):
        form.refuse("file", reading.too_large())
    if not form.is_valid():
        return False
    file, words = form.cleaned_data.pop("file"), form.cleaned_data
    try:
        with transaction.atomic():
            keeping.add(enterprise, file.read(), kind=kind, **words)
            editing.written(enterprise, Section.PHOTOS, by=person(request))
    except reading.RefusedError as error:
        form.refuse("file", str(error))
    except OSError:
        logger.exception("A picture could not be stored")
        form.refuse("file", _("Billedet kunne ikke gemmes lige nu. Prøv igen om lidt."))
    return form.is_valid()


@require_POST
@never_cache
@shows_preview
@login_required
@transaction.atomic
def photo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Save what is said about a picture, and move or remove it, by the button that was pressed."""
    enterprise = access.editable_or_404(request.user, slug)
    photo = get_object_or_404(enterprise.photos, pk=pk)
    pressed = request.POST.get("do", "save")
    if pressed == "remove":
        photo.delete()
        done = _("Billedet er fjernet. %(when)s")
    else:
        form = _words(photo, request.POST)
        if not form.is_valid():
            return _page(request, enterprise, form)
        form.save()
        if pressed in STEPS:
            keeping.move(photo, by=STEPS[pressed])
            done = _("Billedet er flyttet. %(when)s")
        else:
            done = _("Teksten er gemt. %(when)s")
    editing.written(enterprise, Section.PHOTOS, by=person(request))
    messages.success(request, done % {"when": _when_shown(enterprise)})
    return redirect("photos", slug)


def _words(photo: Photo, sent: QueryDict | None = None) -> WordsForm:
    form = WordsForm(sent, instance=photo, auto_id=_ids(photo.pk))
    if photo.kind == choices.PhotoKind.LOGO:
        # Nobody takes a picture of it.
        del form.fields["credit"]
    return form


def _when_shown(enterprise: Enterprise) -> str:
    if enterprise.current and Section.PHOTOS in sections.direct():
        return _("Alle kan se det nu.")
    return _("Send ændringerne til rådet, når I er klar.")


def _page(
    request: HttpRequest, enterprise: Enterprise, wrong: WordsForm | None = None, *, wrong_upload: str = ""
) -> HttpResponse:
    """The page; with one form that is wrong where there is one."""
    photos = enterprise.photos.all()
    words = {photo: _words(photo) for photo in photos}
    new: dict[str, WordsForm] = {kind: form(auto_id=_ids(kind)) for kind, form in UPLOADS.items()}
    if wrong and wrong_upload:
        new[wrong_upload] = wrong
    elif wrong:
        words[wrong.instance] = wrong
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "is_direct": Section.PHOTOS in sections.direct(),
        "logo": [(photo, form) for photo, form in words.items() if photo.kind == choices.PhotoKind.LOGO],
        "photos": [(photo, form) for photo, form in words.items() if photo.kind == choices.PhotoKind.PHOTO],
        "new_logo": new[choices.PhotoKind.LOGO],
        "new_photo": new[choices.PhotoKind.PHOTO],
        "most": keeping.MOST_PHOTOS,
        "previous": list(Section)[list(Section).index(Section.PHOTOS) - 1],
        "wrong": wrong,
        "noindex": True,
    }
    return render(request, "editing/photos.html", context)


def _ids(of: int | str) -> str:
    """Of the fields of one of the page's many forms."""
    return f"id_{of}_%s"
