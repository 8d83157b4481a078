"""The problems of desks, each with its stable code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mobile_api.problem import Problem
from server.desk import names

_MOST_REASONS = 3


class SignInRefused(Problem):
    code = "sign_in_refused"
    status = 401
    en = "The name or the password is wrong."
    zh = "用户名或密码错误。"


class SignInAttemptsExhausted(Problem):
    code = "sign_in_attempts_exhausted"
    status = 429
    en = "Too many wrong passwords; please wait {wait_seconds} seconds."
    zh = "密码错误次数过多，请在 {wait_seconds} 秒后再试。"
    retryable = True


class CsrfTokenMissing(Problem):
    code = "csrf_token_missing"
    status = 403
    en = "The header X-CSRF-Token is missing or not this session's; GET /v1/desk/me tells it."
    zh = "缺少请求头“X-CSRF-Token”，或与当前会话不符；其值可从“/v1/desk/me”读取。"


class RoleMissing(Problem):
    code = "role_missing"
    status = 403
    en = "Your role does not do this; it takes one of: {names}."
    zh = "您的角色无此权限，需要以下角色之一：{names}。"

    def __init__(self, roles: Iterable[str]) -> None:
        super().__init__(None, roles=sorted(roles), names=names.roles(roles))


class NotYours(Problem):
    code = "not_yours"
    status = 403
    en = "This is outside of what your role works on."
    zh = "该内容不在您的工作范围内。"


class BaseMissing(Problem):
    """Without it nobody could tell what the form displayed, and a newer value would be lost unseen."""

    code = "base_missing"
    status = 428
    en = 'Say which version the form displayed: If-Match: "<epoch>:<version>", or "base" in the body.'
    zh = "请说明表单所显示的版本：填在请求头“If-Match”中，或正文的“base”中。"


class BaseUnreadable(Problem):
    code = "base_unreadable"
    status = 400
    en = 'The base must look like "<epoch>:<version>", as an ETag gives it.'
    zh = "版本格式不符：须与读取时所得的“ETag”一致。"


class BaseElsewhere(Problem):
    """Its epoch never was, or ended when a backup was restored: nobody can tell what has changed since."""

    code = "base_elsewhere"
    status = 412
    en = "The {field} names a state that this server does not have; read again, then send what you changed."
    zh = "“{field}”所指的版本在本服务器上不存在；请重新读取后再提交修改。"


class IdempotencyKeyUnreadable(Problem):
    code = "idempotency_key_unreadable"
    status = 400
    en = "Idempotency-Key must have 1 to 64 letters, digits, and _ . : - characters."
    zh = "请求头“Idempotency-Key”须为 1 至 64 个字母、数字或 _ . : - 字符。"


class IdempotencyKeyReused(Problem):
    code = "idempotency_key_reused"
    status = 422
    en = "This Idempotency-Key was sent before with other content; another request needs a key of its own."
    zh = "该“Idempotency-Key”已用于内容不同的请求；新的请求须使用新的键。"


class IdempotencyKeyInUse(Problem):
    code = "idempotency_key_in_use"
    status = 409
    en = "The first request with this Idempotency-Key is still at work; ask again in a moment."
    zh = "使用该“Idempotency-Key”的首个请求仍在处理中，请稍后再试。"
    retryable = True


class OperationRefused(Problem):
    """`details.results` tells each operation's reason; `details.field` names the first field that is wrong, empty where
    it is no single field; `details.fault` is a code of the list of faults, with what it takes, or else the reason.
    """

    code = "operation_refused"
    status = 422
    en = "Nothing was changed. {sentence}"
    zh = "未做任何更改。{sentence}"


class NotReadyToClose(Problem):
    """`details.missing` lists each thing that is missing, with its code and a sentence."""

    code = "not_ready_to_close"
    status = 409
    en = "The work order cannot be closed yet: {reasons}."
    zh = "工单尚不能关闭：{reasons}。"

    def sentence(self, language: str) -> str:
        """One sentence with each reason once, however many steps or visits it concerns; the first few of them."""
        reasons = list(dict.fromkeys(one["sentence"].said(language) for one in self.details["missing"]))
        told, more = [_clause(one) for one in reasons[:_MOST_REASONS]], len(reasons) - _MOST_REASONS
        if more > 0:
            told.append(f"另有 {more} 项" if language == "zh" else f"and {more} more")
        template, between = (self.zh, "；") if language == "zh" else (self.en, "; ")
        return template.format(reasons=between.join(told))


def _clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".。")


class FieldMissing(Problem):
    code = "field_missing"
    status = 422
    en = "The field {field} is needed."
    zh = "缺少必填字段“{field}”。"

    def __init__(self, field: str) -> None:
        super().__init__(None, field=field, fault="needed")


class RecordMissing(Problem):
    code = "record_missing"
    status = 404
    en = "There is no such {name}."
    zh = "没有该{name}。"

    def __init__(self, entity: str) -> None:
        """`entity` as a code or in words."""
        code = entity.replace(" ", "_")
        super().__init__(None, entity=code, name=names.thing(code))


class RecordDeleted(Problem):
    """It can still be read."""

    code = "record_deleted"
    status = 404
    en = "This {name} has been deleted; nothing is written to it any more."
    zh = "该{name}已被删除，不能再更改。"

    def __init__(self, entity: str) -> None:
        super().__init__(None, entity=entity, name=names.thing(entity))


class StillParked(Problem):
    code = "still_parked"
    status = 409
    en = "The operation is still parked. {sentence}"
    zh = "该操作仍处于暂存状态。{sentence}"


class ValueRejected(Problem):
    code = "value_rejected"
    status = 422
    en = "A value cannot be stored."
    zh = "某个值无法存储。"


class DepositOwnerUnknown(Problem):
    """The database does not know the phone, so that a person has to say whose work it is."""

    code = "deposit_owner_unknown"
    status = 422
    en = "This phone is not known here: name the technician whose work it is, as {field}."
    zh = "系统不认识该手机：请在“{field}”中指明这些工作属于哪位技师。"

    def __init__(self) -> None:
        super().__init__(None, field="user")


class DepositOwnerKnown(Problem):
    code = "deposit_owner_known"
    status = 422
    en = "This phone belongs to {user}; its work cannot be taken over in another name."
    zh = "该手机属于 {user}，不能以他人名义接收其工作。"


class ErasureBlocked(Problem):
    """`details.blocked_by` names each order that must be ended first."""

    code = "erasure_blocked"
    status = 409
    en = "Nothing was erased: these orders are still open, close or cancel them first: {numbers}."
    zh = "未删除任何内容：以下工单尚未结束，请先关闭或取消：{numbers}。"

    def __init__(self, blocked_by: Sequence[Mapping[str, str]]) -> None:
        numbers = ", ".join(one["number"] or one["id"] for one in blocked_by)
        super().__init__(None, blocked_by=list(blocked_by), numbers=numbers)


class LoginTaken(Problem):
    code = "login_taken"
    status = 409
    en = "Another account has this name already."
    zh = "该用户名已被使用。"


class AccountExists(Problem):
    code = "account_exists"
    status = 409
    en = "There is an account with the id {id} already."
    zh = "编号为“{id}”的账号已存在。"


class OwnAccount(Problem):
    """So that a company never loses its last administrator by a slip."""

    code = "own_account"
    status = 403
    en = (
        "Nobody disables their own account or gives up their own administrator's role; "
        "another administrator can do it."
    )
    zh = "不能停用自己的账号，也不能取消自己的管理员角色；请由其他管理员操作。"
