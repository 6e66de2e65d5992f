"""The five criteria in plain words, and what a new enterprise answers about them.

Whoever has been published before, and networks and organisations, are not asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.choices import Criterion, Kind
from enterprises.models import CriterionAnswer, Enterprise, User

# How soon the council answers. Every page and mail that promises it reads it here.
ANSWERED_WITHIN_WORKDAYS = 10


@dataclass(frozen=True)
class Question:
    criterion: Criterion
    asks: str | Promise
    means: str | Promise
    example: str | Promise
    proof: str | Promise


QUESTIONS = (
    Question(
        Criterion.PURPOSE,
        gettext_lazy("Er I til for at gøre noget for andre?"),
        gettext_lazy(
            "Jeres formål skal handle om andet end at tjene penge til ejerne: om job til mennesker, der har "
            "svært ved at få et, om sundhed, miljø, kultur eller fællesskab."
        ),
        gettext_lazy("Et vaskeri, der er til for at give arbejde til folk, der længe har været uden."),
        gettext_lazy("Det sted i vedtægterne, hvor formålet står."),
    ),
    Question(
        Criterion.TRADE,
        gettext_lazy("Lever I af det, I sælger?"),
        gettext_lazy(
            "En stor del af jeres penge skal komme fra varer eller ydelser, I sælger. Tilskud og gaver må "
            "gerne være en del af det."
        ),
        gettext_lazy("En café, der får de fleste af sine penge fra gæsterne og resten fra en fond."),
        gettext_lazy("Den seneste årsrapport, eller et budget, hvis I lige er begyndt."),
    ),
    Question(
        Criterion.INDEPENDENCE,
        gettext_lazy("Bestemmer I selv, uafhængigt af det offentlige?"),
        gettext_lazy(
            "Stat, region og kommune må gerne være kunder og give tilskud. Men de må ikke kunne bestemme, "
            "hvad I gør."
        ),
        gettext_lazy("Et værksted, der sælger til kommunen, men hvor medlemmerne vælger bestyrelsen."),
        gettext_lazy("Det sted i vedtægterne, hvor der står, hvem der vælger ledelsen."),
    ),
    Question(
        Criterion.INCLUSION,
        gettext_lazy("Har medarbejdere, medlemmer eller brugere noget at skulle have sagt?"),
        gettext_lazy(
            "De, det handler om, skal kunne være med til at bestemme, og ledelsen skal stå til ansvar for "
            "det, den gør."
        ),
        gettext_lazy("Et tømrerfirma, som de ansatte ejer sammen med én stemme hver."),
        gettext_lazy("Vedtægterne, eller et referat, der viser, hvordan I holder møder."),
    ),
    Question(
        Criterion.SURPLUS,
        gettext_lazy("Bliver overskuddet brugt på formålet?"),
        gettext_lazy(
            "Overskuddet skal blive i virksomheden eller gå til gode formål. Kun en begrænset del må gå til "
            "ejerne."
        ),
        gettext_lazy("Et trykkeri, der har brugt sit overskud på en ny maskine og en lærling."),
        gettext_lazy("Det sted i vedtægterne, hvor der står, hvad overskuddet bruges til."),
    ),
)
BY_CRITERION = {question.criterion.value: question for question in QUESTIONS}


def is_new(enterprise: Enterprise) -> bool:
    """Whether it has yet to be let in: nobody has ever seen it."""
    return enterprise.current_id is None and not enterprise.publications.exists()


def is_asked(enterprise: Enterprise) -> bool:
    return enterprise.kind == Kind.ENTERPRISE and is_new(enterprise)


def answers(enterprise: Enterprise) -> dict[str, CriterionAnswer]:
    """By criterion, each with its files."""
    found = enterprise.criterion_answers.all()
    if found._result_cache is None:  # else they have been fetched with the enterprise
        found = found.prefetch_related("files")
    return {answer.criterion: answer for answer in sorted(found, key=attrgetter("pk"))}


def unanswered(enterprise: Enterprise) -> list[Question]:
    """What it has to answer first. What the council has evidence of, it need not be told."""
    if not is_asked(enterprise):
        return []
    known = set(enterprise.criterion_answers.values_list("criterion", flat=True))
    known |= {proof.criterion for proof in enterprise.evidence.all() if proof.checked_on}
    return [question for question in QUESTIONS if question.criterion not in known]


def missing(enterprise: Enterprise) -> list[str]:
    """What lacks, as sentences; nothing when it may be sent to the council."""
    left = unanswered(enterprise)
    if not left:
        return []
    names = ", ".join(str(question.criterion.label) for question in left)
    return [_("Der mangler svar om optagelse: %(names)s.") % {"names": names}]


def digest(enterprise: Enterprise) -> str:
    """Names all that is answered; nothing where nothing is asked."""
    if not is_asked(enterprise):
        return ""
    found = answers(enterprise).values()
    return _named([(*_said(answer), *(file.key for file in answer.files.all())) for answer in found])


def version(answer: CriterionAnswer | None) -> str:
    """Names what an answer says, so that nobody overwrites another's unseen."""
    return _named(_said(answer)) if answer else ""


def _said(answer: CriterionAnswer) -> tuple[str, ...]:
    return (answer.criterion, answer.reply, answer.text_da, answer.text_en, answer.url)


def _named(said: Any) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]


class AnswerChangedError(Exception):
    """Somebody else has answered in the meantime."""

    def __init__(self, present: CriterionAnswer) -> None:
        super().__init__()
        self.present = present


class ClosedError(Exception):
    """The council has let the enterprise in meanwhile, by the answers it then had."""


def hold(enterprise: Enterprise) -> None:
    """Keep everybody else from the answers until the transaction ends. Raises ClosedError."""
    if not is_asked(Enterprise.objects.select_for_update().get(pk=enterprise.pk)):
        raise ClosedError


@transaction.atomic
def save(
    enterprise: Enterprise, criterion: str, values: dict[str, str], *, by: User, having_seen: str
) -> CriterionAnswer:
    """Keep an answer. Raises ClosedError, or AnswerChangedError where it is another than was seen."""
    hold(enterprise)
    present = CriterionAnswer.objects.filter(enterprise=enterprise, criterion=criterion).first()
    wanted = CriterionAnswer(enterprise=enterprise, criterion=criterion, **values)
    if present and version(present) not in (having_seen, version(wanted)):
        raise AnswerChangedError(present)
    answer, _created = CriterionAnswer.objects.update_or_create(
        enterprise=enterprise, criterion=criterion, defaults=values | {"answered_by": by}
    )
    return answer
