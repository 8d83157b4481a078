"""Why a file's bytes are put into quarantine: a stable code each, with a sentence for the person who sent it."""

from __future__ import annotations

FAULTS: dict[str, tuple[str, str]] = {
    "bytes_differ": (
        "The bytes that arrived are not those that were announced; the phone sends them again.",
        "收到的内容与手机声明的不一致，手机会重新发送。",
    ),
    "bytes_lost": (
        "The server lost bytes of this file; please send it again.",
        "服务器丢失了此文件的部分内容，请重新发送。",
    ),
    "not_admitted": (
        "When the file was complete, its sender was no longer allowed to send it; the office decides.",
        "文件传完时发送者已无权上传，请由办公室处理。",
    ),
    "empty": (
        "The file has no content; please take it again.",
        "文件没有内容，请重新拍摄。",
    ),
    "type_not_taken": (
        "This kind of file is not taken. Photos are JPEG, PNG, WebP or HEIC; clips are MP4, MOV or WebM.",
        "不支持此类文件。照片须为 JPEG、PNG、WebP 或 HEIC，视频须为 MP4、MOV 或 WebM。",
    ),
    "active_content": (
        "The file is a drawing or page that can run programs; please send a photo of it instead.",
        "此文件为可执行程序的图形或网页，请改为发送照片。",
    ),
    "two_types": (
        "The file is two kinds of file at once, which no camera makes; please take it again.",
        "此文件同时是两种类型的文件，相机不会生成这样的文件，请重新拍摄。",
    ),
    "other_kind": (
        "The file is not what its record says, such as a clip where a photo was announced.",
        "文件与其记录不符，例如记录为照片，实际为视频。",
    ),
    "damaged": (
        "The file is damaged and cannot be opened; please take it again.",
        "文件已损坏，无法打开，请重新拍摄。",
    ),
    "cut_off": (
        "The file ends too early: the phone had not finished saving it. Please take it again.",
        "文件不完整：手机尚未保存完毕。请重新拍摄。",
    ),
    "too_many_pixels": (
        "The picture is larger than can be opened here; please take it with a lower resolution.",
        "图片尺寸超出可打开的范围，请降低分辨率后重新拍摄。",
    ),
    "too_costly": (
        "Opening the file takes more memory or time than any photo or clip needs; please take it again.",
        "打开此文件所需的内存或时间超出正常照片和视频的范围，请重新拍摄。",
    ),
    "codec_not_taken": (
        "The clip is coded in a way that cannot be played here; please record it as H.264, HEVC or VP9.",
        "无法播放此视频的编码格式，请用 H.264、HEVC 或 VP9 录制。",
    ),
}
"""Code → sentence in English and in Chinese. Codes retire, never return."""


class Unfit(Exception):
    """The file is not fit to be kept as what it was sent for; `code` is one of `FAULTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
