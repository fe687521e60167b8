"""A place with somebody of every role: one who works with the child, a colleague, an outsider."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client

from reachable.access import absences, calendar_addresses, keys
from reachable.access import services as access
from reachable.access.models import OrganisationSignIn, Shift, SignIn, User
from reachable.access.policy import policy
from reachable.access.selectors import actor_for
from reachable.conversations import after_acts, candidates, child_words, confirming, devices
from reachable.conversations import services as conversations
from reachable.conversations.confirming import Naming
from reachable.conversations.rules.after import needed
from reachable.foundation.actor import Actor, system
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.intake import loading, mappings
from reachable.intake import services as intake
from reachable.intake.models import Delivery, QuarantinedRow
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.services import PhoneSignal
from reachable.moments import own_pathways, school_terms, tasks
from reachable.moments.models import Moment, Trigger
from reachable.notices import services as notices
from reachable.notices.models import Notice
from reachable.notices.services import Telling
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.people.models import CannotLink, Record, RecordCheck, Review
from reachable.practice.items import OWN_FROM
from reachable.provision import loading as directory
from reachable.provision import services as directory_services
from reachable.provision.taxonomy import taxonomies
from reachable.site import addresses
from reachable.site.addresses import IDENTIFIERS
from tests.access.sharing_place import put_sharing
from tests.support.conversations import writing
from tests.support.directory import at, in_file, offer
from tests.support.signing_in import with_app, with_passkey

BY = system("tests")
INVOLVED, OWN, OTHER = "involved", "own", "other"
STANDINGS = (INVOLVED, OWN, OTHER)
"""In the team and whoever sent it; of the same agency; of another agency."""

ROWS = """\
Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB
C-1,Arrest,01/09/2024,10:00,Fenmarch,Whitlock,Cerys,03/03/2012
C-2,Arrest,no date,10:00,Fenmarch,Ashdown,Tilly,03/03/2012
"""


NEEDED = {"who": "School", "what": "Somebody meets her at the gate."}
(ROW_NEEDED,) = (each.key for each in needed([{"others": {"things": [NEEDED]}}]))
MAPPING = ColumnMapping(
    headings=tuple(ROWS.splitlines()[0].split(",")),
    columns=(
        ("Custody No", "custody_number"),
        ("Attendance", "attendance"),
        ("Arrived Date", "arrived_date"),
        ("Arrived Time", "arrived_time"),
        ("Station", "station"),
        ("Surname", "family_name"),
        ("Forename(s)", "given_names"),
        ("DOB", "birth_date"),
    ),
)


READERS = ("practitioner", "supervisor", "panel_coordinator")
"""Who of the team is named to read what is restricted."""
OF_THE_TEAM = {
    *(addresses.INVOLVED, addresses.MEMBERS),
    *(addresses.READS_WELFARE, addresses.READERS),
}


@dataclass(frozen=True)
class Account:
    """Somebody with one role."""

    role: str
    standing: str

    @property
    def username(self) -> str:
        return f"{self.role}-{self.standing}"

    def can(self, capability: str) -> bool:
        return capability in policy().roles[self.role].may

    def actor(self) -> Actor:
        return actor_for(User.objects.get(username=self.username))

    def client(self) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=self.username))
        return client

    def _reads(self, found_by: str) -> bool:
        if found_by == addresses.READERS:
            return self.role in READERS
        welfare = policy().roles[self.role].reads["welfare"]
        return found_by != addresses.READS_WELFARE or welfare == "involved"

    def finds(self, identifier: str, row: Row) -> bool:
        """What the record gives, by the rule that the address declares for its identifier."""
        found_by = IDENTIFIERS[identifier].found_by
        if row.of is None:
            return False
        of_one = {
            addresses.SENDER,
            addresses.TOLD,
            addresses.MINE,
            addresses.ASKER,
            addresses.NAMED,
        }
        if found_by in of_one:
            return row.of == self.username
        if found_by == addresses.AGENCY:
            return self.standing in {INVOLVED, OWN}
        if found_by == addresses.WATCHED:
            return self.can("intake.watch_all") or self.standing in {INVOLVED, OWN}
        if found_by in {addresses.KNOWN, addresses.INVITED}:
            return True
        if found_by == addresses.LOOKED_AFTER:
            return self.can("accounts.manage") or self.standing in {INVOLVED, OWN}
        if found_by == addresses.OWNER:
            return self.can("accounts.manage") or row.of == self.username
        if found_by in OF_THE_TEAM:
            return self.standing == INVOLVED and self._reads(found_by)
        if found_by == addresses.GAPS:
            return self.standing == INVOLVED or self.can("offers.gaps")
        if found_by == addresses.ENTERED:
            plans = self.standing == INVOLVED and self.can("rota.plan")
            return plans or row.of == self.username
        assert found_by == addresses.ANYBODY
        return True


ACCOUNTS = [Account(role, standing) for role in policy().roles for standing in STANDINGS]


@dataclass(frozen=True)
class Row:
    """Something that an identifier stands for, and whose it is; nobody's where it is absent."""

    id: object
    of: str | None


@dataclass
class Place:
    """What stands in the database, by the name that an identifier has in addresses."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, identifier: str, row_id: object, of: Account) -> None:
        self.rows.setdefault(identifier, []).append(Row(row_id, of.username))

    def rows_for(self, account: Account | None, identifier: str) -> list[Row]:
        """Return one that is this person's own, one that is somebody else's, and one absent."""
        mine = [row for row in self.rows[identifier] if account and row.of == account.username]
        others = [row for row in self.rows[identifier] if row not in mine]
        absent = Row(new_id() if identifier.endswith("_id") else "no-such", None)
        return [absent, *mine[:1], *others[:1]]

    def user(self, account: Account) -> UUID:
        return User.objects.values_list("id", flat=True).get(username=account.username)


NAMED = {
    "key": "police_custody",
    "rule_key": "arrest",
    "measure_key": "reached",
    "pathway_kind": "custody",
    "language": "pl",
    "words_key": "stop",
    "step_key": "again",
    "set_key": "ssd",
    "kind": "csv",
    "provider_key": "fenmarch",
}
"""What an address names by a word."""


def make_place() -> Place:
    """Real rows, made by the services that the product calls."""
    from tests.access.joined import put_joined
    from tests.access.opened import open_and_close
    from tests.access.overseen import put_oversight

    place = Place()
    mine, other = (
        access.create_agency(by=BY, key=key, name=name, kind="council")
        for key, name in (("fenmarch", "Fenmarch"), ("osier", "Osier"))
    )
    team = access.create_team(by=BY, key="hub", name="Hub", agency_id=mine)
    for account in ACCOUNTS:
        access.create_account(
            by=BY,
            username=account.username,
            name=account.username.title(),
            agency_id=other if account.standing == OTHER else mine,
            roles=[account.role],
            teams=[team] if account.standing == INVOLVED else [],
        )
    starts = now() - timedelta(hours=1)
    asked = place.user(Account("practitioner", INVOLVED))
    shift = (asked, starts, starts + timedelta(days=9), 1)
    access.plan_shifts(by=BY, team_id=team, shifts=[shift])
    _rota(place, team)
    for account in ACCOUNTS:
        if account.standing == INVOLVED and account.can("signals.send"):
            _signal(place, account)
    _conversation(place, Account("practitioner", INVOLVED))
    _two_alike(place)
    _file(place, Account("intake_worker", INVOLVED))
    _key(place, Account("system_administrator", INVOLVED))
    for account in ACCOUNTS:
        if account.standing == INVOLVED:
            _notice(place, account)
    _calendar(place, Account("practitioner", INVOLVED))
    place.rows["partner_id"] = place.rows["agency_id"] = [Row(mine, "intake_worker-involved")]
    place.rows["kept_agency_id"] = [Row(mine, "everybody")]
    place.rows["kept_team_id"] = [Row(team, "everybody")]
    place.rows |= {name: [Row(key, "everybody")] for name, key in NAMED.items()}
    _words(place)
    own_pathways.begin(by=BY, kind="custody")
    place.rows["version"] = [Row(OWN_FROM, "everybody")]
    first = today() + timedelta(days=30)
    dates_id = school_terms.enter(
        by=BY, kind="term", name="Autumn term", first=first, last=first + timedelta(days=90)
    )
    place.rows["dates_id"] = [Row(dates_id, "everybody")]
    asked_what_is_gone(mine)
    _directory(place, mine)
    _offer(place, Account("practitioner", INVOLVED))
    put_sharing(place, Account("practitioner", INVOLVED))
    open_and_close(place)
    put_oversight(place, mine)
    put_joined(place, mine)
    _sign_in(place, Account("practitioner", INVOLVED))
    _organisation(place.user(Account("practitioner", INVOLVED)))
    return place


def _organisation(user_id: UUID) -> None:
    """A sign-in of the agency’s own, which nothing here can reach, and somebody linked with it."""
    file: Path = settings.VAR_DIR / "place_sign_in_providers.toml"
    file.with_name("place.secret").write_text("secret", encoding="ascii")
    file.write_text(
        '[fenmarch]\nname = "Fenmarch Council"\nissuer = "https://127.0.0.1:9"\n'
        'client_id = "x"\nclient_secret_file = "place.secret"\nagencies = ["fenmarch"]\n',
        encoding="utf-8",
    )
    settings.SIGN_IN_PROVIDERS = file
    OrganisationSignIn.objects.create(
        user_id=user_id,
        provider="fenmarch",
        issuer="https://127.0.0.1:9",
        subject="invented",
        linked_at=now(),
    )


def _directory(place: Place, agency_id: UUID) -> None:
    """A service, and the feed open to everybody."""
    directory.load(
        by=BY, agency_id=agency_id, file_name="d.json", content=in_file(offer(1), offer(2))
    )
    directory_services.switch_open_feed(by=BY, on=True)
    help_given = taxonomies()["help"]
    again = in_file(offer(1))
    file_id = directory.keep_file(by=BY, agency_id=agency_id, file_name="d.json", content=again)
    place.rows["file_id"] = [Row(file_id, "everybody")]
    place.rows["at_id"] = [Row(at(1)["id"], "everybody")]
    place.rows["service_id"] = [Row(offer(1)["id"], "everybody")]
    place.rows["location_id"] = [Row(at(1)["location"]["id"], "everybody")]
    place.rows["taxonomy_id"] = [Row(help_given.id, "everybody")]
    place.rows["term_id"] = [Row(help_given.terms[0].id, "everybody")]


def _offer(place: Place, account: Account) -> None:
    """A service that was offered to the first child, and a gap."""
    person_id = place.rows["person_id"][0].id
    assert isinstance(person_id, UUID)
    offer_id = offers.offer(
        by=account.actor(), person_id=person_id, service_id=UUID(offer(2)["id"]), answer="wants"
    )
    place.add("offer_id", offer_id, account)
    gap_id = gaps.record_gap(by=account.actor(), person_id=person_id, help="legal")
    place.add("gap_id", gap_id, account)


def _rota(place: Place, team: UUID) -> None:
    """The practitioner is on duty now; the supervisor of the team is away next month."""
    place.add("team_id", team, Account("practitioner", INVOLVED))
    place.add("shift_id", Shift.objects.get().id, Account("practitioner", INVOLVED))
    supervisor, leaves = Account("supervisor", INVOLVED), now() + timedelta(days=30)
    absence_id = absences.say_away(
        by=supervisor.actor(),
        user_id=place.user(supervisor),
        starts_at=leaves,
        ends_at=leaves + timedelta(days=7),
        reason="holiday",
    )
    place.add("absence_id", absence_id, supervisor)


def _sign_in(place: Place, account: Account) -> None:
    """With an app and a passkey, of which one may be removed, and signed in somewhere else."""
    user_id = place.user(account)
    with_app(account.username)
    with_passkey(account.username)
    passkey = Authenticator.objects.get(user_id=user_id, type="webauthn")
    place.add("passkey_id", UUID(passkey.data["id"]), account)
    elsewhere = SignIn.objects.create(
        user_id=user_id,
        session_key="elsewhere",
        how="code",
        browser="Firefox on Linux",
        began_at=now(),
        active_at=now(),
    )
    place.add("sign_in_id", elsewhere.id, account)


def _calendar(place: Place, account: Account) -> None:
    address_id, secret = calendar_addresses.make(by=account.actor())
    place.add("address_id", address_id, account)
    place.add("secret", secret, account)


def asked_what_is_gone(agency_id: UUID) -> Delivery:
    """Receive a set of which it is asked whether what is missing is gone."""
    return Delivery.objects.create(
        agency_id=agency_id,
        feed="ssd",
        file_name="ssd.zip",
        digest="ssd",
        size=1,
        received_at=now(),
        state="loaded",
        whole=True,
        gone_asked=70,
    )


def send(account: Account, *, family: str, postcode: str = "FX1 1AA") -> UUID:
    return intake.send_signal(
        by=account.actor(),
        signal=PhoneSignal(
            token=uuid4(),
            kind="in_custody_now",
            family_name=family,
            given_names=f"{family}a",
            birth_date=date(2012, 3, 3),
            where="Fenmarch Police Station",
            said="Looks exhausted.",
            reach="07700 900123",
            postcode=postcode,
        ),
    )


def _signal(place: Place, account: Account) -> None:
    signal_id = send(account, family=account.role.replace("_", ""))
    moment = Moment.objects.get(triggers__signal_id=signal_id)
    place.add("signal_id", signal_id, account)
    place.add("moment_id", moment.id, account)
    place.add("person_id", moment.person_id, account)


def _conversation(place: Place, account: Account) -> None:
    """One that is written down in the moment that the first signal opened, with what follows from
    it: a task, and something that was passed on; and a phone."""
    first = place.rows["moment_id"][0].id
    assert isinstance(first, UUID)
    things = [{"kind": "place", "what": what} for what in ("The flats", "The arcade")]
    held = writing(first)
    noted = {"others": {"things": [NEEDED]}, "candidates": {"things": things}}
    held = replace(held, content={**held.content, **noted})
    conversations.keep(by=account.actor(), writing=replace(held, finished=False))
    place.add("conversation_id", held.conversation_id, account)
    task_id = tasks.add_task(by=account.actor(), moment_id=first, text="Ring", due_on=today())
    place.add("task_id", task_id, account)
    told = Account("supervisor", INVOLVED)
    passed_id = after_acts.pass_on(
        by=account.actor(),
        conversation_id=held.conversation_id,
        row=ROW_NEEDED,
        to=place.user(told),
    )
    place.add("passed_id", passed_id, told)
    _candidates(place, account, held.conversation_id)
    made = devices.make_known(by=account.actor(), label="A phone")
    place.add("device_id", made.device_id, account)


def _candidates(place: Place, account: Account, conversation_id: UUID) -> None:
    """The flats wait to be confirmed; the arcade is."""
    found = candidates.of_conversation(by=account.actor(), conversation_id=conversation_id)
    by_what = {each.said: each.id for each in found}
    place.add("candidate_id", by_what["The flats"], account)
    confirming.confirm(
        by=account.actor(),
        conversation_id=conversation_id,
        candidate_id=by_what["The arcade"],
        naming=Naming("place", "The arcade"),
    )


def _words(place: Place) -> None:
    """A sentence that is entered in another language, and not checked yet."""
    del place
    child_words.enter(
        by=Account("supervisor", INVOLVED).actor(),
        language="pl",
        key="stop",
        say="Możemy przestać.",
        easy="Możesz powiedzieć stop.",
    )


def _two_alike(place: Place) -> None:
    """The same name and birth date, and no postcode in common: a person has to decide."""
    sergeant = Account("custody", INVOLVED)
    send(sergeant, family="Alike")
    signal_id = send(sergeant, family="Alike", postcode="FX2 2BB")
    assert Trigger.objects.filter(signal_id=signal_id).exists()
    place.add("review_id", Review.objects.get().id, sergeant)
    one, other = Record.objects.exclude(family_name="alike").order_by("id")[:2]
    apart = CannotLink.objects.create(one=one, other=other, reason="x", decided_at=now())
    place.add("apart_id", apart.id, sergeant)


def _file(place: Place, clerk: Account) -> None:
    for text, load in ((ROWS, True), (ROWS.replace("C-1", "C-9"), False)):
        received = intake.receive(
            by=clerk.actor(),
            agency_id=clerk.actor().own_agency_id,
            feed="police_custody",
            file_name="custody.csv",
            content=io.BytesIO(text.encode()),
        )
        if load:
            intake.begin_loading(by=clerk.actor(), delivery_id=received.delivery_id)
            loading.load(by=clerk.actor(), delivery_id=received.delivery_id)
            place.add("row_id", QuarantinedRow.objects.get().id, clerk)
            own = Record.objects.filter(agency_id=clerk.actor().own_agency_id).order_by("id")[0]
            check = RecordCheck.objects.create(record=own, asked_at=now())
            place.add("record_check_id", check.id, clerk)
        else:
            place.add("delivery_id", received.delivery_id, clerk)
            mapping_id = mappings.say(
                by=clerk.actor(), delivery_id=received.delivery_id, mapping=MAPPING
            )
            place.add("mapping_id", mapping_id, clerk)


def _key(place: Place, administrator: Account) -> None:
    key_id = keys.issue(
        by=administrator.actor(),
        agency_id=administrator.actor().own_agency_id,
        name="Nightly export",
        feeds=["police_custody"],
        last_day=today() + timedelta(days=30),
    )
    place.add("key_id", key_id, administrator)


def _notice(place: Place, account: Account) -> None:
    user_id, subject = place.user(account), ("moment", place.rows["moment_id"][0].id)
    assert isinstance(subject[1], UUID)
    telling = Telling(user_id, "moment.assigned", (subject[0], subject[1]), f"told:{user_id}")
    with transaction.atomic():
        notices.tell(by=BY, tellings=[telling])
    notice = Notice.objects.get(key=telling.key)
    place.add("notice_id", notice.id, account)
