from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Answer
from enterprises.views import (
    adding,
    addresses,
    admission,
    alerts,
    claiming,
    confirm,
    editing,
    own,
    people,
    photos,
    proposals,
    register,
    shortlists,
    suggestions,
)

urlpatterns = [
    path(_("konto/"), include("enterprises.accounts.urls")),
    path(_("bekraeft/<str:token>/"), confirm.confirm, {"given": Answer.HOLDS}, name="confirm"),
    path(_("bekraeft/<str:token>/lukket/"), confirm.confirm, {"given": Answer.GONE}, name="confirm-gone"),
    path(_("indkoeb/liste/gem/"), shortlists.save, name="save-to-shortlist"),
    path(_("indkoeb/liste/gem-flere/"), shortlists.save_several, name="save-several-to-shortlist"),
    path(_("indkoeb/liste/ret/"), shortlists.change, name="change-shortlist"),
    path(_("foelger/<str:token>/"), alerts.followed, name="followed"),
    path(_("tilfoej/formular/"), adding.add, name="add-enterprise"),
    path(_("min/"), own.my_enterprises, name="my-enterprises"),
    path(_("min/<slug:slug>/"), editing.home, name="edit-enterprise"),
    path(_("min/<slug:slug>/bekraeft/"), editing.confirm, name="confirm-facts"),
    # Files need forms of their own; the address is as any section's.
    path(_("min/<slug:slug>/ret/photos/"), photos.photos, name="photos"),
    path(_("min/<slug:slug>/ret/photos/<int:pk>/"), photos.photo, name="change-photo"),
    path(_("min/<slug:slug>/ret/<slug:section>/"), editing.section, name="edit-section"),
    path(_("min/<slug:slug>/adresser/"), addresses.suggestions, name="address-suggestions"),
    path(_("min/<slug:slug>/aendringer/"), proposals.changes, name="changes"),
    path(_("min/<slug:slug>/forslag/traek-tilbage/"), proposals.withdraw, name="withdraw-proposal"),
    path(_("min/<slug:slug>/samtale/"), proposals.thread, name="thread"),
    path(_("min/<slug:slug>/foreslaaet/<int:pk>/"), suggestions.answer, name="answer-suggestion"),
    path(_("min/<slug:slug>/er-det-jeres/"), claiming.claim, name="claim"),
    path(_("min/<slug:slug>/er-det-jeres/kode/"), claiming.code, name="claim-code"),
    path(_("min/<slug:slug>/er-det-jeres/traek-tilbage/"), claiming.withdraw, name="withdraw-claim"),
    path(_("min/<slug:slug>/folk/"), people.people, name="people"),
    path(_("min/<slug:slug>/folk/svar/<int:pk>/"), people.answer, name="answer-claim"),
    path(_("min/<slug:slug>/folk/invitation/<int:pk>/"), people.invitation, name="change-invitation"),
    path(_("min/<slug:slug>/folk/traed-ud/"), people.leave, name="leave"),
    path(_("min/<slug:slug>/optagelse/"), admission.overview, name="admission"),
    path(_("min/<slug:slug>/optagelse/<slug:criterion>/"), admission.question, name="admission-question"),
    path(_("min/<slug:slug>/optagelse/bilag/<int:pk>/"), admission.proof, name="proof-file"),
    path(_("min/<slug:slug>/optagelse/bilag/<int:pk>/fjern/"), admission.remove_proof, name="remove-proof"),
    path(_("min/<slug:slug>/cvr/<int:pk>/"), register.decide, name="decide-cvr"),
    path(_("min/<slug:slug>/skilte/"), own.signs, name="my-signs"),
    path(_("min/<slug:slug>/tal/"), own.numbers, name="my-numbers"),
    # After the others: no token is one of their words, but an enterprise may be called Invitation.
    path(_("min/invitation/<str:token>/"), people.invited, name="invitation"),
]
