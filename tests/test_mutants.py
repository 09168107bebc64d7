"""The list of changes for `make mutants` fits the code as it is; making them takes minutes and is not done here."""

import mutants


def test_every_change_on_the_list_can_be_made_and_names_a_test_there_is():
    listed = mutants.read()
    assert len({one.name for one in listed}) == len(listed)
    wrong = [f"{one.name}: {one.wrong}" for one in listed if one.wrong]
    assert not wrong, "\n".join(wrong)
