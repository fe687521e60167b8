"""After conversations of the invented partnership something follows, as a person would do it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random
from uuid import UUID

import pytest

from reachable.conversations.models import Conversation, PassedOn
from reachable.conversations.rules.after import needed, proposals, repeated
from reachable.foundation.time import now, today, travel
from reachable.moments import services
from reachable.moments.models import Moment, Summary, Task
from reachable.moments.prepared import SENTENCES
from reachable.notices.models import Notice
from reachable.synthetic import talks
from reachable.synthetic.afterwards import OWN
from tests.support.world import World

db = pytest.mark.django_db


def test_what_workers_pass_on_is_never_in_the_childs_words() -> None:
    """Or the demonstration would stop where a person would be asked to say it otherwise."""
    held = talks._material()
    said = [{"words": {"words": words}} for words in held["words"]]
    for name in ("wants", "going_well", "trusts"):
        said += [{"wishes": {name: text}} for text in held[name]]
    instead = [
        dict(zip(("given", "instead", "by_whom"), row, strict=True)) for row in held["instead"]
    ]
    others = [dict(zip(("who", "what"), row, strict=True)) for row in held["others"]]
    texts = [each.text for each in proposals([{"instead": {"things": instead}}])]
    texts += [each.what for each in needed([{"others": {"things": others}}])]
    texts += [OWN, *(each.text for each in SENTENCES.values())]
    assert len(texts) > 8
    for text, words in product(texts, said):
        assert repeated(text, [words]) == ()


@pytest.fixture
def held(world: World) -> UUID:
    moment_id = world.signal()
    services.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


@db
def test_the_demonstration_shows_tasks_summaries_and_what_was_passed_on(
    world: World, held: UUID
) -> None:
    by = world.actor("first")
    for seed in range(24):
        with travel(now() + timedelta(minutes=seed)):
            talks.talked(Random(seed), by=by, moment_id=held, how="seen")
    assert Task.objects.filter(moment_id=held, proposal__startswith="instead-").exists()
    assert Task.objects.filter(moment_id=held, proposal__startswith="next-").exists()
    assert set(PassedOn.objects.values_list("how", flat=True)) == {"reachable", "telephone"}
    assert Summary.objects.filter(own=OWN).exists()
    assert Summary.objects.filter(own="").exists()
    assert Conversation.objects.count() > Summary.objects.count()
    assert Notice.objects.filter(user_id=world.users["sergeant"], kind="signal.summary").exists()
    assert not Task.objects.filter(due_on__lt=today()).exists()


@db
def test_a_no_is_followed_by_a_task_to_ask_again(world: World, held: UUID) -> None:
    by, again = world.actor("first"), today() + timedelta(days=9)
    for seed in range(4):
        with travel(now() + timedelta(minutes=seed)):
            talks.declined(Random(seed), by=by, moment_id=held, how="in_person", again_on=again)
    tasks = Task.objects.filter(proposal__startswith="again-")
    assert {task.due_on for task in tasks} == {again}
    assert Moment.objects.get(id=held).ask_again_at is not None


@db
def test_nothing_follows_in_a_moment_that_is_closed(world: World, held: UUID) -> None:
    by = world.actor("lead")
    services.close(
        by=world.actor("first"), moment_id=held, outcome="opened_in_error", reason="A twin"
    )
    newer = world.signal("other_worry")
    assert newer != held
    talks.talked(Random(1), by=by, moment_id=held, how="seen")
    assert not Task.objects.exists()
    assert not Summary.objects.exists()
