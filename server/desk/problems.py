"""The problems of desks, each with its stable code."""

from __future__ import annotations

from mobile_api.problem import Problem


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
    zh = "缺少 X-CSRF-Token 请求头，或与当前会话不符；可通过 GET /v1/desk/me 获取。"


class RoleMissing(Problem):
    code = "role_missing"
    status = 403
    en = "Your role does not do this; it takes one of: {roles}."
    zh = "您的角色无此权限，需要以下角色之一：{roles}。"


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
    zh = '请说明表单所显示的版本：请求头 If-Match: "<epoch>:<version>"，或正文中的 "base"。'


class BaseUnreadable(Problem):
    code = "base_unreadable"
    status = 400
    en = 'The base must look like "<epoch>:<version>", as an ETag gives it.'
    zh = '版本格式应为 "<epoch>:<version>"，与 ETag 一致。'


class IdempotencyKeyUnreadable(Problem):
    code = "idempotency_key_unreadable"
    status = 400
    en = "Idempotency-Key must have 1 to 64 letters, digits, and _ . : - characters."
    zh = "Idempotency-Key 须为 1 至 64 个字母、数字或 _ . : - 字符。"


class OperationRefused(Problem):
    """`details.results` tells each operation's reason; `details.field` the first place that is wrong."""

    code = "operation_refused"
    status = 422
    en = "Nothing was changed ({field}). {sentence}"
    zh = "未做任何更改（{field}）。{sentence}"


class NotReadyToClose(Problem):
    """`details.missing` lists each thing that is missing, with its code and a sentence."""

    code = "not_ready_to_close"
    status = 409
    en = "The work order cannot be closed yet. {sentence}"
    zh = "工单尚不能关闭。{sentence}"


class FieldMissing(Problem):
    code = "field_missing"
    status = 422
    en = "The field {field} is needed."
    zh = "缺少必填字段 {field}。"


class RecordMissing(Problem):
    code = "record_missing"
    status = 404
    en = "There is no such {entity}."
    zh = "没有该记录（{entity}）。"


class StillParked(Problem):
    code = "still_parked"
    status = 409
    en = "The operation is still parked. {sentence}"
    zh = "该操作仍处于暂存状态。{sentence}"


class ValueRejected(Problem):
    code = "value_rejected"
    status = 422
    en = "A value cannot be stored: {reason}."
    zh = "某个值无法存储：{reason}。"


class LoginTaken(Problem):
    code = "login_taken"
    status = 409
    en = "Another account has this name already."
    zh = "该用户名已被使用。"
