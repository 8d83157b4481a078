"""The problems of uploads, and how what `media` refuses becomes one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from media import refusal
from media.register import UploadChanged
from mobile_api.problem import Phrase, Problem


class UnsupportedVersion(Problem):
    code = "tus_version_unsupported"
    status = 412
    en = "This server speaks version {supported} of the upload protocol."
    zh = "本服务器仅支持 {supported} 版上传协议。"


class BadHeader(Problem):
    code = "upload_header_invalid"
    status = 400
    en = "The header {field} is wrong: {reason}."
    zh = "请求头“{field}”有误：{reason}。"


class BadMetadata(Problem):
    code = "upload_metadata_invalid"
    status = 400
    en = "The upload's metadata field {field} is wrong: {reason}."
    zh = "上传元数据字段“{field}”有误：{reason}。"


class WrongContentType(Problem):
    code = "upload_content_type_wrong"
    status = 415
    en = "Bytes of an upload are sent as {expected}."
    zh = "上传内容的类型必须是“{expected}”。"


class UploadNotFound(Problem):
    code = "upload_not_found"
    status = 404
    en = "There is no such upload; please create it again."
    zh = "没有此上传，请重新创建。"


class UploadIsGone(Problem):
    code = "upload_gone"
    status = 410
    en = "This upload has ended ({state}); please create it again."
    zh = "此上传已结束（“{state}”），请重新创建。"


class OffsetConflict(Problem):
    code = "upload_offset_conflict"
    status = 409
    en = "The server has {offset} bytes; go on from there."
    zh = "服务器已收到 {offset} 字节，请从该处继续。"
    retryable = True


class UploadTooLong(Problem):
    code = "upload_too_long"
    status = 413
    en = "At most {limit} bytes are taken here."
    zh = "此处最多接收 {limit} 字节。"


class LengthConflict(Problem):
    code = "upload_length_conflict"
    status = 400
    en = "The header {field} contradicts what is known of this upload."
    zh = "请求头“{field}”与已知的上传长度不一致。"


class ChecksumConflict(Problem):
    code = "upload_checksum_mismatch"
    status = 460  # the tus protocol's own
    en = "The bytes were damaged on the way and discarded; please send them again."
    zh = "数据在传输中损坏，已丢弃，请重新发送。"
    retryable = True


class HashConflict(Problem):
    code = "upload_sha256_mismatch"
    status = 422
    en = "The whole file is not the announced one; it was put aside. Please upload it from the start."
    zh = "完整文件与声明的不一致，已隔离，请从头重新上传。"


class UploadNotAdmitted(Problem):
    """`details.reason` is the gate's code."""

    code = "upload_not_admitted"
    status = 403
    en = "This file may not be uploaded."
    zh = "不允许上传此文件。"

    def sentence(self, language: str) -> str:
        """With the gate's reason, where that is known here."""
        why = _REFUSALS.get(self.details["reason"])
        return super().sentence(language) + (
            (" " if language == "en" else "") + why.said(language) if why else ""
        )


_REFUSALS = {
    "media_unknown": Phrase("Its record has not arrived yet.", "其记录尚未到达。"),
    "media_not_yours": Phrase("It belongs to somebody else's job.", "它属于他人的任务。"),
    "customer_erased": Phrase("The customer's data were erased.", "该客户的个人信息已删除。"),
    "media_hash_differs": Phrase("Its record announces other bytes.", "其记录声明的内容与此不同。"),
    "media_size_differs": Phrase(
        "Its record announces another length than the header Upload-Length.",
        "其记录声明的长度与请求头“Upload-Length”不同。",
    ),
}


class UploadIsStored(Problem):
    code = "upload_already_stored"
    status = 403
    en = "This file is complete and kept as evidence; it cannot be withdrawn."
    zh = "此文件已完整保存作为凭证，不能撤回。"


class UploadIsJoined(Problem):
    code = "upload_is_joined"
    status = 403
    en = "This upload is joined from others and takes no bytes itself."
    zh = "此上传由其他上传合并而成，不接收数据。"


class PieceUnfit(Problem):
    code = "upload_piece_unfit"
    status = 400
    en = "The upload {piece} is not a part that can be joined; please send it again."
    zh = "上传“{piece}”不是可合并的分段，请重新发送。"


class PieceUnfinished(Problem):
    code = "upload_piece_unfinished"
    status = 409
    en = "The upload {piece} still lacks bytes; please finish it first."
    zh = "分段上传“{piece}”尚未完成，请先传完。"
    retryable = True


class UploadQuotaReached(Problem):
    """`details.scope` is `device` or `work_order`."""

    code = "upload_quota_reached"
    status = 507
    en = "{whose} may hold {limit} bytes and has room for {left}; what was confirmed is kept. Please try again later."
    zh = "{whose}最多可占用 {limit} 字节，剩余 {left} 字节；已确认的内容已保存，请稍后重试。"
    retryable = True


_SCOPES = {
    "device": Phrase("This phone's unfinished uploads", "本机未完成的上传"),
    "work_order": Phrase("The files of this work order", "此工单的文件"),
}


class StorageAway(Problem):
    code = "storage_unavailable"
    status = 503
    en = "The place where files are kept does not answer; what was confirmed is kept. Please try again shortly."
    zh = "文件存储暂时无法访问；已确认的内容已保存，请稍后重试。"
    retryable = True


class UploadBusy(Problem):
    code = "upload_busy"
    status = 423
    en = "The upload is being worked on; please try again in a moment."
    zh = "此上传正在处理中，请稍后重试。"
    retryable = True


class UploadTakenOver(Problem):
    code = "upload_taken_over"
    status = 423
    en = "A newer request took this upload over; the {offset} bytes received are kept."
    zh = "较新的请求已接管此上传；已收到的 {offset} 字节已保存。"
    retryable = True


class UploadStalled(Problem):
    code = "upload_stalled"
    status = 408
    en = "No bytes came for a while; the {offset} bytes received are kept. Please resume."
    zh = "长时间未收到数据；已收到的 {offset} 字节已保存，请继续上传。"
    retryable = True


class StorageFull(Problem):
    code = "storage_full"
    status = 507
    en = "There is no room for more bytes now; what was confirmed is kept. Please try again later."
    zh = "存储空间不足；已确认的内容已保存，请稍后重试。"
    retryable = True


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """Translate what `media` refuses, once."""
    try:
        yield
    except refusal.UploadRefused as refused:
        raise _problem(refused) from refused
    except UploadChanged as changed:
        raise UploadBusy({"Retry-After": "1"}) from changed


def _problem(refused: refusal.UploadRefused) -> Problem:
    at = {} if refused.offset_bytes is None else {"Upload-Offset": str(refused.offset_bytes)}
    match refused:
        case refusal.UploadMissing():
            return UploadNotFound()
        case refusal.UploadGone():
            return UploadIsGone(state=refused.state, reason=refused.reason)
        case refusal.NotAdmitted():
            return UploadNotAdmitted(reason=refused.reason)
        case refusal.OffsetMismatch():
            return OffsetConflict(at, offset=refused.offset_bytes)
        case refusal.TooLong():
            return UploadTooLong(at, limit=refused.limit_bytes)
        case refusal.LengthFixed():
            return LengthConflict(at, field="Upload-Length", length=refused.length_bytes)
        case refusal.ChecksumMismatch():
            return ChecksumConflict(at)
        case refusal.HashMismatch():
            return HashConflict(declared=refused.declared, actual=refused.actual)
        case refusal.AlreadyStored():
            return UploadIsStored()
        case refusal.PartialBusy():
            return UploadBusy({"Retry-After": "1"})
        case refusal.FinalClosed():
            return UploadIsJoined()
        case refusal.PieceUnfit():
            return PieceUnfit(piece=refused.piece_id)
        case refusal.PieceUnfinished():
            return PieceUnfinished({"Retry-After": "1"}, piece=refused.piece_id)
        case refusal.QuotaReached():
            return UploadQuotaReached(
                {"Retry-After": "60"},
                scope=refused.scope,
                whose=_SCOPES[refused.scope],
                limit=refused.limit_bytes,
                left=refused.left_bytes,
            )
        case refusal.StoreAway():
            return StorageAway({"Retry-After": "5"})
        case refusal.StoreFull():
            return StorageFull({"Retry-After": "60"})
    raise refused
