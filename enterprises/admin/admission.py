"""What a reviewer sees of a new enterprise: its answers, what they are evidence of, and who it may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import criteria
from enterprises.admin.base import ModelForm
from enterprises.choices import Proof
from enterprises.criteria import Question
from enterprises.models import CriterionAnswer, Enterprise, Evidence, User

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDING = AdminTextareaWidget(attrs={"rows": 2})


class EvidenceForm(ModelForm):
    """One answer as the council's evidence. Nothing comes of it unless it is ticked."""

    use = forms.BooleanField(label=gettext_lazy("Kontrolleret: skriv det som grundlag"), required=False)

    class Meta:
        model = Evidence
        fields = ("proof", "wording_da", "wording_en", "source", "source_url", "dated", "expires_on")
        widgets = {"wording_da": WORDING, "wording_en": WORDING, "dated": DATE, "expires_on": DATE}

    field_order = ("use", *Meta.fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self["use"].value():
            for field in self.fields.values():
                field.required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        expires_on, checked_on = cleaned.get("expires_on"), self.instance.checked_on
        if cleaned.get("use") and expires_on and checked_on and expires_on <= checked_on:
            self.add_error("expires_on", _("Udløbsdatoen skal ligge efter kontroldatoen."))
        return cleaned

    def made(self) -> Evidence | None:
        return self.instance if self.cleaned_data["use"] else None


@dataclass(frozen=True)
class Row:
    question: Question
    answer: CriterionAnswer | None
    form: EvidenceForm


class Admission:
    """The five criteria of one new enterprise, as a clerk reads and decides them."""

    def __init__(self, enterprise: Enterprise, clerk: User, data: QueryDict | None) -> None:
        answers = criteria.answers(enterprise)
        self.rows = [
            self._row(question, answers.get(question.criterion), enterprise, clerk, data)
            for question in criteria.QUESTIONS
        ]

    def _row(
        self,
        question: Question,
        answer: CriterionAnswer | None,
        enterprise: Enterprise,
        clerk: User,
        data: QueryDict | None,
    ) -> Row:
        checked = Evidence(
            enterprise=enterprise,
            criterion=question.criterion,
            proof=_likely_proof(answer),
            wording_da=_short(answer.text_da) if answer else "",
            wording_en=_short(answer.text_en) if answer else "",
            source=answer.files.all()[0].name if answer and answer.files.all() else "",
            source_url=answer.url if answer else "",
            checked_by=clerk,
            checked_on=timezone.localdate(),
        )
        return Row(question, answer, EvidenceForm(data, instance=checked, prefix=question.criterion.value))

    def is_valid(self) -> bool:
        # Each is asked, so that each says what is wrong with it.
        wrong = [row for row in self.rows if not row.form.is_valid()]
        return not wrong

    def evidence(self) -> Iterator[Evidence]:
        """What is ticked, to be written when the enterprise is let in."""
        for row in self.rows:
            if made := row.form.made():
                yield made


def _likely_proof(answer: CriterionAnswer | None) -> Proof:
    shown = answer is not None and (answer.url or answer.files.all())
    return Proof.STATUTES if shown else Proof.STATEMENT


def _short(text: str) -> str:
    return Truncator(text.strip()).chars(300)
