"""Why somebody is not shown a photo or clip."""

from __future__ import annotations

from mobile_api.problem import Problem


class MediaNotHere(Problem):
    """`details.missing_bytes`: how many of the original's bytes have not arrived."""

    code = "media_not_here"
    status = 409
    en = "This file is still on a phone: {missing_bytes} bytes of it have not arrived."
    zh = "此文件仍在手机上，还有 {missing_bytes} 字节未到达。"
    retryable = True


class MediaNotInspected(Problem):
    code = "media_not_inspected"
    status = 409
    en = "This file has arrived and is being looked at; please try again in a moment."
    zh = "此文件已到达，正在检查，请稍后重试。"
    retryable = True


class MediaUnfit(Problem):
    """`details.fault` is the record's code, `details.sentence` what it tells."""

    code = "media_unfit"
    status = 409
    en = "This file was put aside. {sentence}"
    zh = "此文件已被隔离。{sentence}"


class RenditionMissing(Problem):
    """`details.of` is what was asked for, `details.there` what can be shown now."""

    code = "rendition_missing"
    status = 404
    en = "This has not been made of the file, or not yet; there is: {list}."
    zh = "尚未生成所需版本；现有版本：{list}。"
    retryable = True


class MediaLinkUnreadable(Problem):
    code = "media_link_unreadable"
    status = 403
    en = "This link was not made by this server, or was changed; please open the photo or clip again."
    zh = "此链接不是由本服务器生成，或已被改动，请重新打开照片或视频。"


class MediaLinkExpired(Problem):
    code = "media_link_expired"
    status = 410
    en = "This link has expired; please open the photo or clip again."
    zh = "此链接已过期，请重新打开照片或视频。"


class MediaLinkNotYours(Problem):
    code = "media_link_not_yours"
    status = 403
    en = "This link was given to somebody else; please open the photo or clip yourself."
    zh = "此链接是发给他人的，请自行打开照片或视频。"
