"""Before the phones leave: codes become phones, everything comes over, and the counted manifest is green, or red."""

from __future__ import annotations

from domain.readiness import SENTENCES
from doorstep_client.exchange import Limits
from tests.story.on_site import CHECKLISTS
from tests.story.stage import Stage
from tests.story.transcript import DAY


class Departure:
    """Enrolment, the first exchange, and the check before leaving."""

    def __init__(self, stage: Stage, limits_of_c: Limits) -> None:
        self._stage = stage
        self._limits_of_c = limits_of_c

    def enrol(self) -> None:
        """Three technicians of one outlet get a phone each; a dispatcher signs in."""
        stage = self._stage
        stage.technicians = stage.company.free_technicians(3)
        stage.outlet = stage.technicians[0]["outlet"]
        for label, technician in zip("ABC", stage.technicians, strict=True):
            limits = {"limits": self._limits_of_c} if label == "C" else {}
            phone = stage.company.enrol(stage.folder, label, technician, **limits)
            stage.phones[label] = phone
            self._expect(f"phone {label} belongs to", f"手机 {label} 属于", technician["account"], phone.user)
            phone.exchange()
            stage.conflicts_before |= {one.id for one in phone.phone.conflicts()}
        a, b, _ = stage.technicians
        name = stage.dispatcher().name
        stage.tell(
            DAY,
            f"dispatcher {name} is signed in; A is {a['name_en']}, B is {b['name_en']}",
            f"调度{name}已登录；A 为{a['name']}，B 为{b['name']}",
        )
        phone = stage.a()
        for code in CHECKLISTS:
            versions = [
                one
                for one in phone.phone.of("catalogue/checklists", "checklist_template")
                if one.fields["code"] == code and not one.fields.get("retired")
            ]
            stage.checklists[code] = max(versions, key=lambda one: one.fields["version"]).id
        stage.open_customer()

    def check(self) -> None:
        """Red with the new jobs missing, red with a page missing, green with everything there."""
        stage, phone = self._stage, self._stage.a()
        self._expect(
            "A's manifest, before the new jobs have come", "新工单未到时 A 的清单", "red", stage.light(phone)
        )
        for one in stage.phones.values():
            one.exchange()
        self._expect("after the exchange", "同步后", "green", stage.light(phone))
        counted = phone.phone.readiness().expected
        stage.tell(
            DAY,
            "counted: " + ", ".join(f"{SENTENCES[name][0]} {count}" for name, count in counted.items()),
            "清点：" + "，".join(f"{SENTENCES[name][1]} {count}" for name, count in counted.items()),
        )
        page = phone.phone.of("catalogue/knowledge", "knowledge_article")[0]
        with phone.phone.store.transaction():
            # What a browser does to a phone that runs out of storage.
            phone.phone.store.run("DELETE FROM record WHERE entity = ? AND id = ?", page.entity, page.id)
        missing = phone.phone.readiness().missing
        self._expect(
            "with one knowledge page lost by the phone",
            "手机丢失一页知识后",
            ["catalogue/knowledge"],
            sorted({one.partition(":")[0] for one in missing}),
        )
        phone.exchange()
        self._expect("after another exchange", "再次同步后", "green", stage.light(phone))

    def _expect(self, en: str, zh: str, wanted: object, happened: object) -> None:
        self._stage.expect(DAY, (en, zh), wanted, happened)
