from __future__ import annotations

import pytest

from dictionaries.catalogue import load_catalogue
from dictionaries.entries import Dictionaries


def test_fifteen_domains_each_with_resources() -> None:
    catalogue = load_catalogue()
    assert list(catalogue.domains) == [
        "sms", "rcs", "viber", "whatsapp", "wechat", "email", "flashcall", "telegram_gateway",
        "push", "tts", "voice", "push_partner", "service_purchase", "additional_service",
        "bundle_grouping",
    ]  # fmt: skip
    assert all(catalogue.of_domain(domain) for domain in catalogue.domains)


def test_the_catalogue_is_consistent(dictionaries: Dictionaries) -> None:
    catalogue = load_catalogue()
    ids = [r.guide_id for r in catalogue.resources.values()]
    assert len(set(ids)) == len(ids)
    for attribute in catalogue.attributes.values():
        assert attribute.kind in {"exact", "prefix", "grouping"}
        assert not attribute.dictionary or attribute.dictionary in dictionaries
    for resource in catalogue.resources.values():
        assert set(resource.attributes) <= set(catalogue.attributes)
        assert set(resource.grouping) <= set(resource.attributes)
        assert set(resource.price_types) <= set(dictionaries["price_type"].keys())
        assert resource.billing_rule in dictionaries["billing_rule"]
        assert resource.quantity_rule in dictionaries["quantity_rule"]


def test_attributes_of_the_main_resources() -> None:
    resources = load_catalogue().resources
    assert resources["sms_message"].guide_id == "101"
    assert resources["rcs_message"].guide_id == "201"
    assert resources["sms_message"].attributes == (
        "direction", "country", "network", "mcc", "mnc", "mccmnc", "sender_id_type"
    )  # fmt: skip
    assert resources["call"].attributes == ("direction", "country", "destination", "prefix")
    assert resources["bundle_member"].attributes == ()
    assert resources["bundle_member"].price_types == ("flat",)
    assert resources["sms_message"].billing_rule == "submitted"
    assert resources["sms_sender_id_usage_fee"].quantity_rule == "full_period"


def test_country_groups_in_voice_only() -> None:
    catalogue = load_catalogue()
    assert catalogue.kind("call", "country") == "grouping"
    assert catalogue.kind("call", "destination") == "grouping"
    assert catalogue.kind("call", "prefix") == "prefix"
    assert catalogue.kind("sms_message", "country") == "exact"


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("SMS messaging/SMS message/A2P (MT)", (("direction", "mt"),)),
        ("sms/SMS_MESSAGE/mt/Spain/Vodafone",
         (("direction", "mt"), ("country", "ES"), ("network", "21401"))),
        ("SMS messaging/SMS message/country=Others", (("country", "*"),)),
    ],
)  # fmt: skip
def test_paths_of_names_or_keys(
    text: str, tail: tuple[tuple[str, str], ...], dictionaries: Dictionaries
) -> None:
    path = load_catalogue().parse_path(text, dictionaries)
    assert path == (("domain", "sms"), ("resource", "sms_message"), *tail)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Fax", "SMS messaging, RCS messaging"), ("sms/Fax", "SMS message, Sender ID setup fee"),
        ("sms/SMS message/Nowhere", "Country:"), ("", "begins with a service domain"),
        ("sms/SMS message/Others", "country=Others"),
        ("bundle grouping/bundle member/x", "no further attribute"),
        ("sms/SMS message/direction=up", "A2P (MT)"),
    ],
)  # fmt: skip
def test_a_wrong_path_lists_the_possibilities(
    text: str, word: str, dictionaries: Dictionaries
) -> None:
    with pytest.raises(ValueError, match=r".") as problem:
        load_catalogue().parse_path(text, dictionaries)
    assert word in str(problem.value)


def test_path_text_is_the_inverse(dictionaries: Dictionaries) -> None:
    catalogue = load_catalogue()
    text = "WhatsApp messaging/WhatsApp message/Argentina/Utility/Regular"
    path = catalogue.parse_path(text, dictionaries)
    assert catalogue.path_text(path, dictionaries) == text
    assert catalogue.parse_path(catalogue.path_text(path, dictionaries), dictionaries) == path


def test_path_text_of_others_and_missed_options(dictionaries: Dictionaries) -> None:
    path = (("domain", "sms"), ("resource", "gone"), ("country", "*"), ("country", "ZZ"))
    shown = load_catalogue().path_text(path, dictionaries)
    assert shown == "SMS messaging/Missed option: gone/Others/Missed option: ZZ"


def test_a_slash_in_a_name_survives(dictionaries: Dictionaries) -> None:
    catalogue = load_catalogue()
    path = (("domain", "voice"), ("resource", "call"), ("destination", "Jersey/Guernsey"))
    assert catalogue.path_text(path, dictionaries).endswith(r"/Jersey\/Guernsey")
    text = r"voice/call/destination=Jersey\/Guernsey"
    assert catalogue.parse_path(text, dictionaries) == path


@pytest.mark.parametrize(
    ("attribute", "key", "shown"),
    [("mccmnc", "26201", "26201 Telekom"), ("mcc", "262", "262 Germany")],
)
def test_codes_show_what_they_stand_for(
    attribute: str, key: str, shown: str, dictionaries: Dictionaries
) -> None:
    catalogue = load_catalogue()
    assert catalogue.key_text(attribute, key, dictionaries) == shown
    for text in (key, shown):
        path = catalogue.parse_path(f"SMS messaging/SMS message/{attribute}={text}", dictionaries)
        assert path[-1] == (attribute, key)
        assert catalogue.parse_path(catalogue.path_text(path, dictionaries), dictionaries) == path
