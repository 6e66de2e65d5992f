"""The page on which one proposal is read and decided, and which then leads to the next."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises import admission, claims, criteria, duplicates, proposals, publishing, sections
from enterprises.access import person
from enterprises.admin.admission import Admission
from enterprises.choices import ProposalState
from enterprises.models import Proposal, ReasonText
from enterprises.reviewing import case as cases
from enterprises.reviewing import history, looking, queue
from enterprises.reviewing.case import Case

# Without one of them, as with the Enter key in a field, the page is shown again with what was typed.
BUTTONS = frozenset({"_approve", "_some", "_ask", "_reject", "_refuse"})


class DecisionForm(forms.Form):
    """What the enterprise is told: words that are used often, words of one's own, or both."""

    reason = forms.TypedChoiceField(
        label=gettext_lazy("Begrundelse, der er skrevet før"), required=False, coerce=int, empty_value=None
    )
    text = forms.CharField(
        label=gettext_lazy("Spørgsmål eller begrundelse"),
        help_text=gettext_lazy(
            "Virksomheden læser det, efter begrundelsen ovenfor. Skal ikke udfyldes, når du godkender alt."
        ),
        max_length=2000,
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(ReasonText.objects.filter(active=True))
        self.reasons = {
            row.pk: (row.title, row.text_en if language == "en" else row.text_da) for row in found
        }
        choices = [(pk, title) for pk, (title, _text) in self.reasons.items()]
        self.fields["reason"].choices = [("", _("Ingen")), *choices]  # type: ignore[attr-defined]

    @property
    def said(self) -> str:
        _title, reason = self.reasons.get(self.cleaned_data["reason"], ("", ""))
        return "\n\n".join(filter(None, (reason, self.cleaned_data["text"])))


class Review:
    """One request for the page."""

    def __init__(self, admin: ModelAdmin[Any], request: HttpRequest, pk: int) -> None:
        self.admin, self.request, self.by = admin, request, person(request)
        related = ("submitted_by", "decided_by")
        self.proposal = get_object_or_404(Proposal.objects.select_related(*related), pk=pk)
        if not admin.has_view_permission(request, self.proposal):
            raise PermissionDenied
        self.may_decide = self.by.has_perm("enterprises.change_enterprise")

    @cached_property
    def case(self) -> Case:
        found = cases.of(self.proposal.enterprise_id)
        self.proposal.enterprise = found.enterprise
        return found

    def answer(self) -> HttpResponse:
        data = self.request.POST if self.request.method == "POST" else None
        if data is not None and not self.may_decide:
            raise PermissionDenied
        enterprise = self.case.enterprise
        is_asked = self.is_open and criteria.is_asked(enterprise)
        asked = Admission(enterprise, self.by, data) if is_asked else None
        form = DecisionForm(self.proposal.language, data)
        if data is not None and not BUTTONS.isdisjoint(data) and form.is_valid() and _is_ready(data, asked):
            try:
                return self._decided(form.said, asked)
            except (proposals.ProposalError, claims.ClaimError) as error:
                form.add_error(None, str(error))
            except publishing.PublishError as error:
                form.add_error(None, error.problems)
            self.proposal.refresh_from_db(fields=["state", "decided_at", "decided_by", "approved"])
        context = self.admin.admin_site.each_context(self.request) | self._about(form, asked)
        return TemplateResponse(self.request, "admin/enterprises/proposal/review.html", context)

    @property
    def is_open(self) -> bool:
        return self.proposal.state == ProposalState.OPEN

    def _about(self, form: DecisionForm, asked: Admission | None) -> dict[str, Any]:
        proposal, enterprise = self.proposal, self.case.enterprise
        decides = self.is_open and self.may_decide
        ticked = self.request.POST.getlist("part") if self.request.method == "POST" else self.case.keys
        events, are_more = history.of(enterprise)
        return {
            "title": _("Forslag fra %(name)s") % {"name": enterprise.name},
            "opts": self.admin.opts,
            # Two texts and the preview need the room.
            "is_nav_sidebar_enabled": False,
            "proposal": proposal,
            "approved": sections.named(proposal.approved),
            "enterprise": enterprise,
            "case": self.case,
            "ticked": ticked,
            "is_open": self.is_open,
            "decides": decides,
            "may_split": decides and enterprise.current is not None and len(self.case.parts) > 1,
            "may_decide": self.may_decide,
            "may_preview": self.is_open and self.by.has_perm("enterprises.view_enterprise"),
            "form": form,
            "asked": asked,
            "alike": duplicates.candidates(duplicates.facts_of(enterprise)) if asked else (),
            "seen": proposals.seen(enterprise),
            "talk": proposal.messages.select_related("author"),
            "looks": looking.look(proposal, self.by) if decides else (),
            "events": events,
            "are_more_events": are_more,
            "left": queue.waiting().exclude(pk=proposal.pk).count(),
        }

    # -- deciding -------------------------------------------------------------------------------

    @transaction.atomic
    def _decided(self, said: str, asked: Admission | None) -> HttpResponse:
        """The decision and what the log says of it come together or not at all."""
        data, proposal = self.request.POST, self.proposal
        seen = data.get("seen", "")
        if "_approve" in data:
            # Whoever takes a tick away and then presses the larger button means one of the two.
            if "split" in data and {*data.getlist("part")} != {*self.case.keys}:
                raise proposals.ProposalError(
                    _("Ikke alt er sat kryds ved. Udgiv det valgte, eller sæt alle kryds igen.")
                )
            evidence = list(asked.evidence()) if asked else []
            published = admission.approve(proposal, by=self.by, having_seen=seen, evidence=evidence)
            told = _("Godkendt og udgivet som nr. %(number)s.") % {"number": str(published.number)}
        elif "_some" in data:
            chosen = data.getlist("part")
            published = admission.approve_some(proposal, chosen, said, by=self.by, having_seen=seen)
            names = ", ".join(sections.named(chosen))
            told = _("Udgivet som nr. %(number)s: %(names)s.") % {
                "number": str(published.number),
                "names": names,
            }
        elif not said:
            raise proposals.ProposalError(_("Skriv, hvad du vil sige til virksomheden."))
        elif "_reject" in data or "_refuse" in data:
            for_good = "_refuse" in data
            admission.reject(proposal, said, by=self.by, for_good=for_good, having_seen=seen)
            told = _("Afvist endeligt.") if for_good else _("Afvist. Virksomheden kan læse begrundelsen.")
        else:
            proposals.say(proposal, said, by=self.by, from_council=True)
            told = _("Dit spørgsmål er sendt.")
        for concerned in (proposal, proposal.enterprise):
            self.admin.log_change(self.request, concerned, f"{told} {said}".strip())
        looking.gone(proposal, self.by)
        return self._on(f"{proposal.enterprise.name}: {told}")

    def skipped(self) -> HttpResponse:
        looking.gone(self.proposal, self.by)
        return self._on("")

    def _on(self, told: str) -> HttpResponse:
        """To the next that waits, with a word on what was done and how many are left."""
        left = queue.waiting().exclude(pk=self.proposal.pk).count()
        following = queue.after(self.proposal)
        if following is None:
            address = reverse("admin:enterprises_proposal_changelist")
            told = f"{told} {_('Der er ikke flere, der venter på rådet.')}"
        else:
            address = reverse("admin:enterprises_proposal_review", args=[following.pk])
            if told:
                waits = ngettext("%(left)s venter endnu.", "%(left)s venter endnu.", left)
                told = f"{told} {waits % {'left': left}}"
        if told:
            messages.success(self.request, told.strip())
        return HttpResponseRedirect(address)


def _is_ready(data: QueryDict, asked: Admission | None) -> bool:
    """Evidence has to be right only where it is to be written."""
    return asked is None or "_approve" not in data or asked.is_valid()
