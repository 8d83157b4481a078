"""Which channel carries to which kind of address: what the settings name, or the folder where they name none."""

from __future__ import annotations

from pathlib import Path

from domain.messages.person import EMAIL, SMS, WECHAT
from mobile_api.clock import Clock
from scheduler.messages.channel import Channel
from scheduler.messages.sender import Routes
from server.channels.folder import MessageFolder
from server.channels.mail import AppriseChannel
from server.channels.sms import sms_channel
from server.channels.webhook import Webhook
from server.settings import Settings

EVERY_ROUTE = (SMS, EMAIL, WECHAT)


def chosen_routes(settings: Settings, folder: MessageFolder, clock: Clock) -> Routes:
    """The company's own gateway takes what no other channel carries; the folder, all while there is no channel."""
    routes: dict[str, Channel] = {}
    if settings.message_webhook_url:
        gateway = Webhook(settings.message_webhook_url, settings.message_webhook_secret, clock)
        routes = dict.fromkeys(EVERY_ROUTE, gateway)
    if settings.mail_url:
        routes[EMAIL] = AppriseChannel("mail", settings.mail_url)
    if settings.sms_url:
        routes[SMS] = sms_channel(settings.sms_url)
    return routes or dict.fromkeys(EVERY_ROUTE, folder)


def message_folder(beside: Path) -> MessageFolder:
    """The folder of messages beside another one."""
    return MessageFolder(beside.parent / "messages")
