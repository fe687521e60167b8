"""A card for the child: on a page to print or to hear, as a PDF, and as a Word document."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from reachable.conversations import cards, selectors
from reachable.conversations.cards import CardPart
from reachable.conversations.forms import CardForm
from reachable.conversations.rules.languages import CHOICES, direction
from reachable.foundation import documents
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.ids import new_id
from reachable.foundation.views import actor, render

PAPERS = {
    "pdf": (documents.as_pdf, "application/pdf"),
    "docx": (
        documents.as_word,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


def card(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A card for the child, to print or to read aloud; what stands on it is kept nowhere."""
    by = actor(request)
    facts = selectors.conversation(by=by, conversation_id=conversation_id)
    form = CardForm(
        request.POST or None, sentences=cards.choices(by=by), initial={"card_id": new_id()}
    )
    parts: list[CardPart] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            parts = cards.make(
                by=by,
                card_id=given["card_id"],
                conversation_id=conversation_id,
                is_safe=given["safe"] == "yes",
                text=given["text"],
                sentences=given["sentences"],
                language=given["language"],
            )
            if (ending := request.POST.get("as")) in PAPERS:
                return _paper(parts, given["language"], str(ending))
        except (BadInput, Conflict) as error:
            form.add_error(None, str(error))
            parts = []
    language = form.cleaned_data.get("language", "en") if form.is_bound else "en"
    context = {
        "form": form,
        "facts": facts,
        "parts": [(each, direction(each.language)) for each in parts],
        "language": language,
        "direction": direction(language),
        "language_name": dict(CHOICES).get(language, ""),
    }
    status = 422 if form.is_bound and not parts else 200
    return render(request, "conversations/card.html", context, status=status)


def _paper(parts: list[CardPart], language: str, ending: str) -> HttpResponse:
    write, kind = PAPERS[ending]
    response = HttpResponse(write(cards.paper_of(parts, language)), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="card.{ending}"'
    return response
