"""The problems of enrolment, credentials and the exchange, each with its stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobile_api.problem import Phrase, Problem, told
from sync.fault import Fault


class FieldInvalid(Problem):
    """`details.field` is the name alone, `details.fault` a code of the list of faults, with what it takes beside it.

    `details.fields` lists every field that is wrong; the first one leads.
    """

    code = "field_invalid"
    status = 400
    en = "The field {field} is wrong: {reason}."
    zh = "字段“{field}”有误：{reason}。"

    def __init__(self, headers: Mapping[str, str] | None = None, /, **details: Any) -> None:
        """`details` as `mobile_api.problem.told` makes them; a `reason` of plain text is English, for developers."""
        reason = details.get("reason")
        if isinstance(reason, str):
            unfit = Fault("does_not_fit", details["field"])
            details = {**told(unfit), **details, "reason": Phrase(reason, unfit.phrase("zh"))}
        super().__init__(headers, **details)


class JsonInvalid(Problem):
    """`details.fault` is a code of `JSON_FAULTS`; `details.byte` the place, where the reader told it."""

    code = "json_invalid"
    status = 400
    en = "The body is not valid JSON: {reason}."
    zh = "请求正文不是有效的 JSON：{reason}。"

    def __init__(self, fault: str, **details: Any) -> None:
        en, zh = JSON_FAULTS[fault]
        reason = Phrase(en.format_map(details), zh.format_map(details))
        super().__init__(None, fault=fault, **details, reason=reason)


JSON_FAULTS = {
    "empty": ("it is empty", "内容为空"),
    "cut_off": ("its end is missing", "内容不完整"),
    "malformed": ("byte {byte} does not belong there", "第 {byte} 字节处有误"),
    "trailing": ("something follows its end at byte {byte}", "第 {byte} 字节起有多余内容"),
    "not_utf_8": ("a text is not UTF-8", "含有不是 UTF-8 的文本"),
    "too_deep": ("it is nested too deeply", "嵌套过深"),
    "number": ("a number is too large to be read", "含有过大而无法读取的数字"),
    "other": ("it cannot be read", "无法读取"),
}
"""Code → why bytes are not JSON, in English and Chinese."""


class BodyDamaged(Problem):
    code = "body_damaged"
    status = 400
    en = "The body could not be decompressed as {encoding}; please send it again."
    zh = "请求正文无法按“{encoding}”解压，请重新发送。"
    retryable = True


class BodyStalled(Problem):
    code = "body_stalled"
    status = 408
    en = "The rest of the request did not come; please send it again."
    zh = "请求未传完即中断，请重新发送。"
    retryable = True


class ContentTypeUnsupported(Problem):
    code = "content_type_unsupported"
    status = 415
    en = "The body must be sent as application/json."
    zh = "请求正文的类型必须是“application/json”。"


class ContentEncodingUnsupported(Problem):
    code = "content_encoding_unsupported"
    status = 415
    en = "The body may be sent plain, or compressed as {supported}."
    zh = "请求正文可不压缩，或使用“{supported}”压缩。"

    def sentence(self, language: str) -> str:
        """Where nothing is supported, that is said."""
        if self.details["supported"]:
            return super().sentence(language)
        return "请求正文不可压缩。" if language == "zh" else "The body must not be compressed."


class ProtocolUnsupported(Problem):
    code = "protocol_unsupported"
    status = 400
    en = "This server speaks version {supported} of the sync protocol."
    zh = "本服务器仅支持 {supported} 版同步协议。"


class AccessTokenExpired(Problem):
    code = "access_token_expired"
    status = 401
    en = "The access token has expired; sign the request with the device key."
    zh = "访问令牌已过期，请用设备密钥签名。"
    retryable = True


class NonceRefused(Problem):
    """`details.nonce` is a fresh one: the same request, signed over it, is taken."""

    code = "nonce_refused"
    status = 401
    en = "The nonce is too old or not this device's; sign again with the new one."
    zh = "随机数已过期或不属于本设备，请用新的随机数重新签名。"
    retryable = True


class SignatureRefused(Problem):
    code = "signature_refused"
    status = 401
    en = "The signature is not this device's over this body and nonce."
    zh = "签名与本设备、请求正文或随机数不符。"


class DeviceUnknown(Problem):
    code = "device_unknown"
    status = 401
    en = "This device is not known here; please enrol it again. What it holds is kept on the device."
    zh = "服务器没有此设备的记录，请重新登记。本机内容会保留。"


class DeviceRevoked(Problem):
    code = "device_revoked"
    status = 403
    en = "This device has been withdrawn. It may still hand over its unsent work."
    zh = "此设备已被停用，但仍可上交未发送的工作。"


class CodeUnknown(Problem):
    code = "enrolment_code_unknown"
    status = 403
    en = "This code is not valid; please check it for typing errors."
    zh = "登记码无效，请检查输入是否有误。"


class CodeUsed(Problem):
    code = "enrolment_code_used"
    status = 409
    en = "This code has been used already; please ask for a new one."
    zh = "登记码已被使用，请重新申请。"


class CodeExpired(Problem):
    code = "enrolment_code_expired"
    status = 410
    en = "This code has expired; please ask for a new one."
    zh = "登记码已过期，请重新申请。"


class CodeAttemptsExhausted(Problem):
    code = "enrolment_attempts_exhausted"
    status = 429
    en = "Too many wrong codes; please wait {wait_seconds} seconds."
    zh = "登记码错误次数过多，请在 {wait_seconds} 秒后再试。"
    retryable = True


class PublicKeyRefused(Problem):
    """`details.fault` is a code of `KEY_FAULTS`."""

    code = "public_key_invalid"
    status = 400
    en = "The device key cannot be used: {reason}."
    zh = "设备密钥无法使用：{reason}。"

    def __init__(self, fault: str) -> None:
        super().__init__(None, fault=fault, reason=Phrase(*KEY_FAULTS[fault]))


KEY_FAULTS = {
    "private": (
        "it holds the private part, which must never leave the phone",
        "其中含有绝不能离开手机的私钥部分",
    ),
    "members": ("the members kty, crv, x and y must be texts", "成员 “kty”、“crv”、“x”、“y” 必须都是文本"),
    "curve": ("only kty EC with crv P-256 is taken", "只接受 P-256 曲线上的 EC 密钥"),
    "base64url": ("x and y must be base64url without padding", "x 与 y 必须是不带填充的 base64url 文本"),
    "length": ("x and y must have 32 bytes each", "x 与 y 必须各为 32 字节"),
    "point": ("the point is not on the curve", "该点不在曲线上"),
}
"""Code → what is wrong with a phone's public key, in English and Chinese."""


class ServerUnavailable(Problem):
    code = "store_unavailable"
    status = 503
    en = "The database cannot be reached at the moment. Nothing is lost; please try again shortly."
    zh = "数据库暂时无法访问。内容不会丢失，请稍后重试。"
    retryable = True


class RangeNotSatisfiable(Problem):
    code = "range_not_satisfiable"
    status = 416
    en = "The requested range lies outside of the {size_bytes} bytes."
    zh = "请求的范围超出 {size_bytes} 字节。"
