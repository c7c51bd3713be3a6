"""`joust verify` by a user without any rights: all of it is proven there, too, with no limits to set."""

import json


def verified(joust, place, database):
    done = joust(place, "verify", "small", "--limits", "off", "--database", database, "--json", "-")
    assert done.code == 0, done.err
    [django] = json.loads(done.stdout)["entrants"]
    # On a busy host the slices of the window may have seen too few files.
    assert django["effects"] == "proven" or any("files were not counted" in text for text in django["texts"]), django
    return django


def test_a_user_without_rights_verifies_a_contender_on_both_databases(place, unprivileged_joust):
    place.declared_effects().real_contender("django").benchmark(["django"])
    refused = unprivileged_joust(place, "verify", "small")
    assert refused.code == 1 and "--limits off" in refused.err
    server = verified(unprivileged_joust, place, "postgres")
    assert server["slow_commits"]["requests"] == 20 and server["slow_commits"]["before_commit"] == 0
    assert server["crash"]["right"] == server["crash"]["acknowledged"] > 20
    file = verified(unprivileged_joust, place, "sqlite")
    assert file["syncs"]["syncs"] >= 20 and file["syncs"]["early"] == 0
    assert file["one_by_one"]["as_contract"] == 20
