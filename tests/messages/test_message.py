from __future__ import annotations

import json
import pickle
from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.messages import Message


def test_a_message_becomes_a_sentence_where_it_is_read():
    message = Message("as_written", text="The figures differ.", remedy="Correct them.")
    assert message.text() == "The figures differ."
    assert message.remedy() == "Correct them."
    assert str(message) == "The figures differ. Correct them."


def test_amounts_dates_lists_and_other_messages_are_parameters():
    inner = Message("as_written", text="Inner.", remedy="")
    message = Message("as_written", text=[Decimal("1.50"), date(2026, 1, 31), inner, 7], remedy=None)
    assert message.text() == "1.50, 2026-01-31, Inner., 7"
    assert message.remedy() == ""


def test_values_written_as_json_are_read_back_equal():
    message = Message("as_written", text=Decimal("0.10"), remedy=Message("as_written", text="a", remedy=""))
    assert Message.from_json(json.loads(json.dumps(message.as_json()))) == message
    assert pickle.loads(pickle.dumps(message)) == message
    assert len({message, Message.from_json(message.as_json())}) == 1


def test_a_parameter_is_never_read_as_a_template():
    assert Message("as_written", text="{remedy}", remedy="secret").text() == "{remedy}"


def test_a_code_of_another_version_is_shown_as_it_is():
    assert str(Message("not_yet_invented", amount=1)) == "not_yet_invented"


def test_a_message_cannot_be_changed():
    with pytest.raises(AttributeError):
        Message("as_written").code = "other"
