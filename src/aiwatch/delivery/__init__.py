"""Telling: who gets what and when it is closed (`telling`, `desk`), and how it goes out (`sending`)."""

from aiwatch.delivery.desk import Desk
from aiwatch.delivery.sending import LONGEST_HOLD, Sending, Sent
from aiwatch.delivery.telling import Closings, Delivery, due_slot

__all__ = ["LONGEST_HOLD", "Closings", "Delivery", "Desk", "Sending", "Sent", "due_slot"]
