"""A task, performed: inspected by content, then rendered. Runs in the confined process, and in nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from media.inspection.fault import Unfit
from media.inspection.signature import PDF, Type, type_of
from media.renditions.task import Expected, Made, Rendition, Report, Task


def perform(task: Task, file: BinaryIO, folder: Path) -> Report:
    """Inspect `file` and write what is to be made of it into `folder`. A file that is not fit is no error."""
    try:
        type = type_of(file)
        _check_kind(task.expected, type)
        if task.expected is Expected.PHOTO:
            return _photo(task, file, type, folder)
        if task.expected is Expected.CLIP:
            return _clip(task, file, type, folder)
        if task.expected is Expected.RECORDING:
            return _recording(file, type)
        return _document(task, file, type)
    except Unfit as unfit:
        return Report(fault=unfit.code)
    except MemoryError:
        return Report(fault="too_costly")


def _check_kind(expected: Expected, type: Type) -> None:
    kind = type.content_type.partition("/")[0]
    fits = {
        Expected.PHOTO: kind == "image",
        Expected.CLIP: kind == "video",
        Expected.RECORDING: kind in ("audio", "video"),
        Expected.DOCUMENT: type is PDF or kind == "image",
    }
    if not fits[expected]:
        raise Unfit("other_kind")


def _photo(task: Task, file: BinaryIO, type: Type, folder: Path) -> Report:
    from media.inspection.picture import decoded_picture
    from media.renditions.pictures import LARGEST, write_pictures

    found, picture = decoded_picture(file, type, task.limits.most_pixels, LARGEST)
    return Report(found=found, made=tuple(write_pictures(picture, task.makes, task.stamp, folder)))


def _clip(task: Task, file: BinaryIO, type: Type, folder: Path) -> Report:
    from media.inspection.film import clip_facts, opened_film, picture_stream
    from media.renditions.pictures import write_pictures
    from media.renditions.poster import clockwise, poster_frame, upright_picture
    from media.renditions.proxy import write_proxy

    with opened_film(file, type) as container:
        stream = picture_stream(container, task.limits.most_pixels)
        frame = poster_frame(container, stream)
        turn = clockwise(frame)
        found = clip_facts(file, type, container, stream, turn)
    pictures = tuple(kind for kind in task.makes if kind is not Rendition.PROXY)
    made: list[Made] = []
    if pictures:
        made += write_pictures(upright_picture(frame, turn), pictures, task.stamp, folder)
    if Rendition.PROXY in task.makes:
        with opened_film(file, type) as container:
            stream = picture_stream(container, task.limits.most_pixels)
            made.append(write_proxy(container, stream, folder, may_copy=task.may_copy and not turn))
    return Report(found=found, made=tuple(made))


def _recording(file: BinaryIO, type: Type) -> Report:
    from media.inspection.film import recording_facts

    return Report(found=recording_facts(file, type))


def _document(task: Task, file: BinaryIO, type: Type) -> Report:
    """A PDF is kept as it is and never opened here; a photographed page is a picture."""
    if type is not PDF:
        from media.inspection.picture import decoded_picture
        from media.renditions.pictures import LARGEST

        found, _ = decoded_picture(file, type, task.limits.most_pixels, LARGEST)
        return Report(found=found)
    from media.inspection.found import Found

    return Report(found=Found(content_type=PDF.content_type))
