from itertools import islice
from random import Random

import pytest
from stdnum.gb import nhs, upn

from reachable.synthetic import identifiers


def test_nhs_numbers_are_valid_different_and_of_the_test_range():
    numbers = list(islice(identifiers.nhs_numbers(Random(1)), 20_000))
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("999") and nhs.is_valid(number) for number in numbers)


def test_upns_are_valid_and_different():
    numbers = [identifiers.upn_of(serial, 2015) for serial in range(5_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(upn.is_valid(number) for number in numbers)


def test_no_school_can_have_given_these_upns():
    """Establishment numbers of real schools begin at 1000."""
    assert {identifiers.upn_of(serial, 2015)[4] for serial in (0, 998_999)} == {"0"}


@pytest.mark.parametrize("seed", range(200))
def test_a_mistyped_nhs_number_fails_its_check(seed):
    rng = Random(seed)
    number = next(identifiers.nhs_numbers(rng))
    assert not nhs.is_valid(identifiers.wrong_check(number, rng))


def test_local_numbers_do_not_repeat():
    numbers = list(islice(identifiers.police_numbers(Random(3)), 50_000))
    assert len(set(numbers)) == len(numbers)
