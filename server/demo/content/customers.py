"""The demo company's customers, generated from a seed: who they are, where they are, what stands there.

Shapes (`customer_base` returns these lists by name):

- customers: id, number, kind (company | private), segment, name, tier (vip | contract | standard), outlet, since,
  language
- sites: id, number, customer, name, address, province, city, district (code), district_name, street, lat_e6, lon_e6,
  zone, outlet, access_notes, special_needs (medical_7x24 | food_safety | no_daytime_shutdown), contacts (ids)
- contacts: id, customer, site, name, role, phone, channel (phone | wechat | sms), primary
- assets: id, customer, site, equipment, model, serial, place, shipped_on, installed_on, commissioned_on,
  warranty {unit, main, compressor: last covered day}, contract (id or None)
- contracts: id, number, customer, level (premium | basic), starts_on, ends_on, always_on, covers_labour,
  covers_consumables, repair_hours {ordinary, major}, yearly_fee_fen
- maintenance_plans: id, contract, asset, interval_months, next_due_on, checklist
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import ZONE
from server.demo.content.warranty import warranty_ends

CUSTOMERS = 500
ASSETS_ONE_TO_FOUR = (30, 36, 22, 12)
MAINTENANCE_CHECKLIST = {
    "WP": "purifier_maintenance",
    "RF": "refrigeration_diagnosis",
    "CU": "refrigeration_diagnosis",
}


def customer_base(
    content: Content, today: date, seed: int = 2026, count: int = CUSTOMERS
) -> dict[str, list[Record]]:
    """`count` customers with everything that belongs to them; the same arguments give the same rows."""
    return _Generator(content, today, Random(seed)).run(count)


class _Generator:
    """Holds the growing lists; every number comes from one seeded source, in one fixed order."""

    def __init__(self, content: Content, today: date, random: Random) -> None:
        self.content, self.today, self.random, self.pool = content, today, random, content.name_pool
        names = ("customers", "sites", "contacts", "assets", "contracts", "maintenance_plans")
        self.rows: dict[str, list[Record]] = {name: [] for name in names}
        self.used_names: set[str] = set()

    def run(self, count: int) -> dict[str, list[Record]]:
        segments = self.pool["segments"]
        for number in range(1, count + 1):
            segment = self.random.choices(segments, [row["weight"] for row in segments])[0]
            outlet = self.random.choices(
                self.content.outlets, [row["weight"] for row in self.content.outlets]
            )[0]
            customer = self._customer(number, segment, outlet)
            contract = self._contract(customer) if customer["tier"] != "standard" else None
            for ordinal in range(1, self._site_count(segment) + 1):
                site = self._site(customer, segment, outlet, ordinal)
                for _ in range(self.random.choices((1, 2, 3, 4), ASSETS_ONE_TO_FOUR)[0]):
                    self._asset(site, segment, contract)
                    customer["since"] = min(customer["since"], self.rows["assets"][-1]["shipped_on"])
        return self.rows

    def _add(self, name: str, row: Record) -> Record:
        self.rows[name].append(row)
        return row

    # people and companies

    def _person(self) -> Record:
        surname, given = self.random.choice(self.pool["surnames"]), self.random.choice(self.pool["given"])
        return {"zh": surname["zh"] + given["zh"], "en": f"{surname['en']} {given['en']}"}

    def _company(self, segment: Record, outlet: Record) -> Record:
        city, words = outlet["city"], self.pool["words"]
        name = self._joined(city, self.random.choice(words), segment["suffix"])
        while name["zh"] in self.used_names:
            first, second = self.random.sample(words, 2)
            pair = {"zh": first["zh"] + second["zh"], "en": first["en"] + second["en"].lower()}
            name = self._joined(city, pair, segment["suffix"])
        self.used_names.add(name["zh"])
        return name

    def _joined(self, city: Record, word: Record, suffix: Record) -> Record:
        return {
            "zh": city["zh"].removesuffix("市") + word["zh"] + suffix["zh"],
            "en": f"{city['en']} {word['en']}{suffix['en']}",
        }

    def _customer(self, number: int, segment: Record, outlet: Record) -> Record:
        private = segment["code"] == "residence"
        tiers, weights = ("vip", "contract", "standard"), ((2, 6, 92) if private else (7, 29, 64))
        return self._add(
            "customers",
            {
                "id": stable_id("customer", number),
                "number": f"C{number:06d}",
                "kind": "private" if private else "company",
                "segment": segment["code"],
                "name": self._person() if private else self._company(segment, outlet),
                "tier": self.random.choices(tiers, weights)[0],
                "outlet": outlet["code"],
                "since": (self.today - timedelta(days=self.random.randint(60, 2600))).isoformat(),
                "language": "en" if self.random.random() < 0.03 else "zh",
            },
        )

    def _contract(self, customer: Record) -> Record:
        premium = customer["tier"] == "vip" or self.random.random() < 0.3
        starts = self.today - timedelta(days=self.random.randint(10, 350))
        return self._add(
            "contracts",
            {
                "id": stable_id("contract", customer["number"]),
                "number": f"FW{starts:%Y}{int(customer['number'][1:]):04d}",
                "customer": customer["id"],
                "level": "premium" if premium else "basic",
                "starts_on": starts.isoformat(),
                "ends_on": (starts + timedelta(days=364)).isoformat(),
                "always_on": customer["segment"] in ("dental", "hospital", "cold_store") and premium,
                "covers_labour": True,
                "covers_consumables": premium,
                "repair_hours": {"ordinary": 24, "major": 72} if premium else {"ordinary": 72, "major": 120},
                "yearly_fee_fen": self.random.randint(18, 60) * 10000
                if not premium
                else self.random.randint(60, 240) * 10000,
            },
        )

    # places

    def _site_count(self, segment: Record) -> int:
        return int(
            self.random.choices((1, 2, 3)[: segment["sites_max"]], (62, 26, 12)[: segment["sites_max"]])[0]
        )

    def _site(self, customer: Record, segment: Record, outlet: Record, ordinal: int) -> Record:
        random, districts = self.random, outlet["territory"]
        district = random.choices(districts, [row["weight"] for row in districts])[0]
        street, number = random.choice(self.pool["streets"][outlet["code"]]), random.randint(6, 1680)
        private = customer["kind"] == "private"
        unit = random.randint(1, 18), random.choice((101, 202, 301, 402, 503, 601, 702, 1101, 1202))
        inside = (f"{unit[0]}幢{unit[1]}室", f"Room {unit[1]}, Bldg {unit[0]}") if private else ("", "")
        city, area = outlet["city"], district["name"]
        key = f"{customer['number']}-{ordinal}"
        site = self._add(
            "sites",
            {
                "id": stable_id("site", key),
                "number": key,
                "customer": customer["id"],
                "name": self._site_name(customer, segment, district, street),
                "address": {
                    "zh": f"{city['zh']}{area['zh']}{street['zh']}{number}号{inside[0]}",
                    "en": ", ".join(
                        filter(None, (inside[1], f"{number} {street['en']}", area["en"], city["en"]))
                    ),
                },
                "province": outlet["province"],
                "city": city,
                "district": district["code"],
                "district_name": area,
                "street": street,
                "lat_e6": district["lat_e6"] + random.randint(-16000, 16000),
                "lon_e6": district["lon_e6"] + random.randint(-18000, 18000),
                "zone": ZONE,
                "outlet": outlet["code"],
                "access_notes": random.choice(self.pool["access_notes"]["private" if private else "company"]),
                "special_needs": self._needs(customer, segment),
                "contacts": [],
            },
        )
        for first in (True, False)[: 1 if private else random.choice((1, 2, 2))]:
            site["contacts"].append(self._contact(customer, site, segment, first)["id"])
        return site

    def _site_name(self, customer: Record, segment: Record, district: Record, street: Record) -> Record:
        if customer["kind"] == "private":
            return {"zh": customer["name"]["zh"] + "住宅", "en": customer["name"]["en"] + " residence"}
        area = district["name"]
        short = (
            area["zh"].removesuffix("新区").removesuffix("区").removesuffix("市")
            if len(area["zh"]) > 2
            else area["zh"]
        )
        return {
            "zh": f"{short}{street['zh']}{segment['site']['zh']}",
            "en": f"{area['en']} {street['en']} {segment['site']['en']}",
        }

    def _needs(self, customer: Record, segment: Record) -> list[str]:
        if segment["code"] in ("dental", "hospital"):
            return ["medical_7x24"] if customer["tier"] != "standard" else []
        if segment["code"] in ("restaurant", "supermarket", "school", "cold_store"):
            return ["food_safety", "no_daytime_shutdown"] if self.random.random() < 0.3 else ["food_safety"]
        return []

    def _contact(self, customer: Record, site: Record, segment: Record, primary: bool) -> Record:
        number = len(self.rows["contacts"])
        owner = customer["kind"] == "private" and primary
        return self._add(
            "contacts",
            {
                "id": stable_id("contact", site["number"], primary),
                "customer": customer["id"],
                "site": site["id"],
                "name": customer["name"] if owner else self._person(),
                "role": self.pool["roles"][segment["code"]][0 if primary else 1],
                "phone": f"1390000{1000 + number:04d}",
                "channel": self.random.choices(("wechat", "sms", "phone"), (60, 25, 15))[0],
                "primary": primary,
            },
        )

    # equipment

    def _asset(self, site: Record, segment: Record, contract: Record | None) -> Record:
        random, mix = self.random, segment["equipment"]
        equipment = self.content.equipment_by_code[random.choices(list(mix), list(mix.values()))[0]]
        model = random.choice(equipment["models"])
        commissioned = self._commissioning_day()
        shipped = commissioned - timedelta(
            days=random.randint(7, 150) if random.random() < 0.9 else random.randint(200, 300)
        )
        serial = self._serial(equipment["serial"]["prefix"], shipped)
        places = self.pool["private_places" if segment["code"] == "residence" else "asset_places"]
        asset = self._add(
            "assets",
            {
                "id": stable_id("asset", serial, len(self.rows["assets"])),
                "customer": site["customer"],
                "site": site["id"],
                "equipment": equipment["code"],
                "model": model["code"],
                "serial": serial,
                "place": random.choice(places),
                "shipped_on": shipped.isoformat(),
                "installed_on": commissioned.isoformat(),
                "commissioned_on": commissioned.isoformat(),
                "warranty": warranty_ends(equipment, shipped, commissioned),
                "contract": contract["id"] if contract else None,
            },
        )
        if contract:
            self._plan(contract, asset, equipment)
        return asset

    def _commissioning_day(self) -> date:
        """Between yesterday and seven years ago, mostly recent, Tuesday to Friday as installations are planned."""
        age = int(2550 * self.random.random() ** 1.3) + 3
        day = self.today - timedelta(days=age)
        return day - timedelta(days=(0, 0, 0, 0, 0, 1, 2)[day.weekday()] if day.weekday() else 3)

    def _serial(self, prefix: str, shipped: date) -> str:
        """Prefix, year, week, line, running number and a check digit (weighted sum of the digits modulo 10)."""
        built = shipped - timedelta(days=self.random.randint(3, 40))
        week, line = built.isocalendar().week, self.random.choice("ABCD")
        running = f"{100 + len(self.rows['assets']) * 7 % 99000:05d}"
        digits = f"{built.isocalendar().year % 100:02d}{week:02d}", running
        check = sum((place + 1) * int(digit) for place, digit in enumerate("".join(digits))) % 10
        return f"{prefix}{digits[0]}{line}{digits[1]}-{check}"

    def _plan(self, contract: Record, asset: Record, equipment: Record) -> Record:
        interval = equipment["maintenance_interval_months"]
        return self._add(
            "maintenance_plans",
            {
                "id": stable_id("maintenance_plan", asset["id"]),
                "contract": contract["id"],
                "asset": asset["id"],
                "interval_months": interval,
                "next_due_on": (
                    self.today + timedelta(days=self.random.randint(1, interval * 30))
                ).isoformat(),
                "checklist": MAINTENANCE_CHECKLIST.get(equipment["code"], "full_test"),
            },
        )
