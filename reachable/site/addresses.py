"""What each address declares: who may open it, and for whom its identifier leads to something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reachable.access.policy import policy
from reachable.foundation.urls import (
    BY_SECRET,
    PUBLIC,
    SIGNED_IN,
    declaration_of,
    every_address,
)

IDENTIFIER = re.compile(r"<(?:\w+:)?(\w+)>")

ANYBODY = "whoever may open the address"
AGENCY = "workers of the agency that sent it"
WATCHED = "workers of that agency, and whoever watches all of them"
SENDER = "whoever sent it"
TOLD = "whoever was told"
ASKER = "whoever asked"
INVITED = "whoever knows the newest secret in it, for seven days, until they have accepted"
KNOWN = "whoever knows the secret in it, as long as its owner may still hold a moment"
READS_WELFARE = "those who work with the child now and read what belongs to welfare"
INVOLVED = "those who work with the child now: the asked or holding worker, and the moment’s team"
READERS = "the readers whom a restricted record names, as long as they work with the child"
NAMED = "its named readers, as long as they work with the child"
GAPS = "those who work with the child now, and, without the child, whoever sees all gaps"

LOOKED_AFTER = "whoever looks after accounts of that agency, and system administrators"
MEMBERS = "members of that team"
OWNER = "whose phone it is, and system administrators"
MINE = "whose sign-in it is"
ENTERED = "whoever is away, and supervisors of their teams"


@dataclass(frozen=True)
class Leads:
    """What an identifier in an address stands for, and who finds it; for others it is not there."""

    to: str
    found_by: str


IDENTIFIERS = {
    "absence_id": Leads("a time in which somebody is away", ENTERED),
    "account_id": Leads("somebody’s account", LOOKED_AFTER),
    "address_id": Leads("somebody’s calendar address, which names no child", KNOWN),
    "agency_id": Leads("an agency that sends files", WATCHED),
    "apart_id": Leads("two records that are kept apart for ever", ANYBODY),
    "record_check_id": Leads("a record that its own agency is to check", AGENCY),
    "asked_id": Leads("a question about one’s own looks", TOLD),
    "at_id": Leads("a place at which one service is given", ANYBODY),
    "candidate_id": Leads("something noted in a conversation", INVOLVED),
    "conversation_id": Leads("a conversation with a child", READS_WELFARE),
    "dates_id": Leads("a school term, or days without school in one", ANYBODY),
    "delivery_id": Leads("a file that an agency sent", AGENCY),
    "device_id": Leads("a phone", OWNER),
    "file_id": Leads("a file of services", ANYBODY),
    "gap_id": Leads("something that nobody could offer to a child", GAPS),
    "invitation_id": Leads("somebody who was invited", LOOKED_AFTER),
    "join_id": Leads("an invitation", INVITED),
    "join_secret": Leads("the secret of that invitation", INVITED),
    "key": Leads("a feed", ANYBODY),
    "key_id": Leads("a key of an agency’s program", ANYBODY),
    "kind": Leads("a kind of file", ANYBODY),
    "language": Leads("a language in which a child is told something", ANYBODY),
    "mapping_id": Leads("which column is which in an agency’s files", AGENCY),
    "location_id": Leads("a place at which a service is given", ANYBODY),
    "conflict_id": Leads("a conflict of interest with a child", INVOLVED),
    "emergency_id": Leads("access in an emergency, to be reviewed", ANYBODY),
    "enquiry_id": Leads("an enquiry about a child", ASKER),
    "kept_id": Leads("a restriction of a record, without the child", ANYBODY),
    "own_emergency_id": Leads("access in an emergency of one’s own", ASKER),
    "invited_id": Leads("an invitation to see a child", INVOLVED),
    "restriction_id": Leads("a restriction of a child’s record", READERS),
    "measure_key": Leads("a measure", ANYBODY),
    "moment_id": Leads("a reachable moment", INVOLVED),
    "provider_key": Leads("an organisation’s own sign-in", ANYBODY),
    "notice_id": Leads("a notice", TOLD),
    "offer_id": Leads("a service that was offered to a child", INVOLVED),
    "passkey_id": Leads("somebody’s passkey", MINE),
    "passed_id": Leads("something that others needed to know", TOLD),
    "partner_id": Leads("an agency", ANYBODY),
    "pathway_kind": Leads("the pathway of a kind of moment", ANYBODY),
    "person_id": Leads("a child", INVOLVED),
    "request_id": Leads("something that takes two people", ANYBODY),
    "breach_id": Leads("an assessment of who read a wrong record", ANYBODY),
    "merge_id": Leads("two children who were joined", ANYBODY),
    "record_id": Leads("a record of an agency, for linkage", ANYBODY),
    "split_id": Leads("records that were taken away from a child", ANYBODY),
    "question_id": Leads("a question to a worker about their looks", ANYBODY),
    "family_request_id": Leads("a family’s request", ANYBODY),
    "sharing_request_id": Leads("a request for something of a child", INVOLVED),
    "review_id": Leads("two records that may be one child", ANYBODY),
    "row_id": Leads("a row that was refused", AGENCY),
    "rule_key": Leads("a rule", ANYBODY),
    "safe_id": Leads("a safe address of a child or the family", NAMED),
    "secret": Leads("the secret of that calendar address", KNOWN),
    "service_id": Leads("a service of the directory", ANYBODY),
    "set_key": Leads("a set of tables", ANYBODY),
    "shared_id": Leads("something of a child that was shared with somebody, while it is", TOLD),
    "sharing_id": Leads("a decision to share something of a child, or not to", INVOLVED),
    "shift_id": Leads("a shift of a team’s rota", MEMBERS),
    "sign_in_id": Leads("where somebody is signed in", MINE),
    "signal_id": Leads("a signal from a phone", SENDER),
    "step_key": Leads("a step of a pathway", ANYBODY),
    "task_id": Leads("a task in a reachable moment", INVOLVED),
    "taxonomy_id": Leads("a set of words for services", ANYBODY),
    "kept_agency_id": Leads("an agency of the partnership", ANYBODY),
    "kept_team_id": Leads("a team of the partnership", ANYBODY),
    "team_id": Leads("a team with its rota", MEMBERS),
    "term_id": Leads("a word by which services are described", ANYBODY),
    "version": Leads("a version of a pathway", ANYBODY),
    "words_key": Leads("a sentence for children", ANYBODY),
}


@dataclass(frozen=True)
class Address:
    """One address of the product, as it was declared."""

    name: str
    route: str
    needs: str
    methods: tuple[str, ...]

    @property
    def identifiers(self) -> tuple[str, ...]:
        return tuple(IDENTIFIER.findall(self.route))


def addresses() -> Iterator[Address]:
    """Yield every address; LookupError for one that declares nothing, or what nobody knows."""
    for route, pattern in every_address():
        declaration = declaration_of(pattern.callback)
        if declaration is None:
            raise LookupError(f"/{route} does not declare who may open it: use page().")
        if declaration.needs not in {PUBLIC, SIGNED_IN, *BY_SECRET, *policy().capabilities}:
            raise LookupError(f"/{route} needs {declaration.needs}, which the policy lacks.")
        address = Address(pattern.name, route, declaration.needs, declaration.methods)
        unknown = sorted(set(address.identifiers) - IDENTIFIERS.keys())
        if unknown:
            raise LookupError(f"/{route} does not say who finds {', '.join(unknown)}.")
        yield address
