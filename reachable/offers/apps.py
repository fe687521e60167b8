from __future__ import annotations

from django.apps import AppConfig

ROOM = "offers"


class OffersConfig(AppConfig):
    name = "reachable.offers"
    label = ROOM

    def ready(self) -> None:
        from reachable.access.registries import Holding, holdings, rights_ended
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            Schedule,
            navigation,
            rebuilders,
            references,
            schedules,
        )
        from reachable.moments.registries import moment_panels
        from reachable.offers import handing, reference
        from reachable.offers.asking_again import tell
        from reachable.offers.attending import ask
        from reachable.offers.carrying import GAPS, OFFERS
        from reachable.offers.following import follow_rights
        from reachable.offers.panels import OF_CHILD, OF_MOMENT
        from reachable.offers.rebuilding import rebuild
        from reachable.offers.seeing import MAKES, SEES_GAPS
        from reachable.offers.selectors import why_gap
        from reachable.people.registries import (
            SeenBecause,
            child_panels,
            points_to_person,
            seen_because,
        )

        references.add("offers", Reference("docs/reference/offers.md", reference.render), room=ROOM)
        rights_ended.add("offers", follow_rights, room=ROOM)
        holdings.add("offers", Holding("offers", handing.followed, handing.hand_on), room=ROOM)
        rebuilders.add("offers", lambda by: rebuild(by=by), room=ROOM)
        schedules.add("attending", Schedule("attending", 300, lambda by: ask(by=by)), room=ROOM)
        schedules.add(
            "offered again", Schedule("offered again", 300, lambda by: tell(by=by)), room=ROOM
        )
        seen_because.add("gap", SeenBecause(40, why_gap), room=ROOM)
        moment_panels.add("offers", OF_MOMENT, room=ROOM)
        points_to_person.add("offers.Offer.person", OFFERS, room=ROOM)
        points_to_person.add("offers.Gap.person", GAPS, room=ROOM)
        child_panels.add("offers", OF_CHILD, room=ROOM)
        navigation.add("offers", NavigationItem("Offers", "offers", MAKES, 58), room=ROOM)
        navigation.add("gaps", NavigationItem("Gaps", "gaps", SEES_GAPS, 75), room=ROOM)
