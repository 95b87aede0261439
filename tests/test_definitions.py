"""What the definitions files give the core, and which mistakes in them stop a process at its start."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from streams.core.definitions import Definitions
from streams.definitions import DefinitionsError, load
from streams.settings import Settings

SHIPPED = Settings.from_environment({}).definitions_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    for file in SHIPPED.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def _load(directory: Path) -> Definitions:
    return load(directory, timezone="Asia/Shanghai", ledger_months=2)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_branches() -> None:
    """The city has the report's four branches, each with lines in service and a name in English."""
    definitions = _load(SHIPPED)
    assert definitions.branches == ("安岳", "简阳", "乐至", "现业")
    assert set(definitions.served) == set(definitions.branches)
    assert [definitions.names[branch]["en"] for branch in definitions.branches] == [
        "Anyue", "Jianyang", "Lezhi", "Urban",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "branch"),
    [
        ("6635002", "现业"),
        ("6182560", "现业"),
        ("6990001", "现业"),
        ("7651234", "简阳"),
        ("5120001", "安岳"),
        ("3330001", "乐至"),
        ("13350690999", "none"),
    ],
)
def test_numbers_belong_to_branches(number: str, branch: str) -> None:
    """A number belongs to the branch whose longest prefix begins it; a mobile number to none."""
    assert _load(SHIPPED).branch_of_number(number) == branch


def test_the_shipped_brands() -> None:
    """The family 我的E家 is E6, E8 and E8-2; six mobile brands, nine key products; all named in English."""
    definitions = _load(SHIPPED)
    assert definitions.families == {"我的E家": ("E6", "E8", "E8-2")}
    assert (len(definitions.brands["mobile"]), len(definitions.products)) == (6, 9)
    for value in (
        *definitions.families,
        *definitions.products,
        *definitions.brands,
        *sum(definitions.brands.values(), ()),
    ):
        assert definitions.names[value]["en"]


@pytest.mark.parametrize(
    ("indicator", "labels", "ratios"),
    [
        ("repeat_report_rate", {"brand": "E6"}, {"province": "0.08", "city": "0.06"}),
        ("repeat_report_rate", {"brand": "E8"}, {"province": "0.08", "city": "0.05"}),
        ("repeat_report_rate", {"brand": "E8-2"}, {"province": "0.08", "city": "0.04"}),
        ("repeat_report_rate", {"service": "mobile"}, {"province": "0.08"}),
        ("timely_restoration_rate", {"service": "key_product"}, {"province": "0.95"}),
        ("timely_restoration_rate", {"service": "mobile"}, {"province": "0.9"}),
        ("timely_restoration_rate", {"service": "broadband", "family": "我的E家"}, {"province": "0.95"}),
        ("timely_restoration_rate", {"service": "broadband", "brand": "普通ADSL"}, {"province": "0.95"}),
        ("preprocessing_rate", {"service": "broadband"}, {"province": "0.6"}),
        ("unknown_cause_rate", {"service": "key_product"}, {"province": "0.05"}),
        ("other_cause_rate", {"service": "key_product"}, {"province": "0.05"}),
    ],
)
def test_the_shipped_targets_are_the_reports(indicator: str, labels: dict[str, str], ratios: dict[str, str]) -> None:
    """Each percentage that the July 2009 report prints as a target is in force then, as an exact fraction of 1."""
    matching = [target for target in _load(SHIPPED).targets if (target.indicator, target.labels) == (indicator, labels)]
    assert {target.tier: target.ratio for target in matching} == ratios
    assert all(target.valid_from <= date(2009, 7, 1) and target.valid_to is None for target in matching)


def test_the_shipped_departments() -> None:
    """Every penalised department answers for one handling department at most, and belongs to one branch at most."""
    definitions = _load(SHIPPED)
    for of_others in (definitions.penalised_for, definitions.departments_of_branch):
        departments = sum(of_others.values(), ())
        assert len(departments) == len(set(departments))
    assert definitions.penalised_for.keys() == set(definitions.handling_departments)
    assert all(definitions.names[one]["en"] for one in definitions.penalised_departments)


def test_the_shipped_rules_of_outages() -> None:
    """Reports are linked from half an hour before to half an hour after; three classes and four duties have names."""
    rules = _load(SHIPPED).outages
    assert rules.counted() == (30, 30)
    assert [severity.id for severity in rules.severities] == ["minor", "major", "critical"]
    assert [(duty.users, duty.minutes, duty.user_minutes, duty.within_minutes) for duty in rules.duties] == [
        (0, 0, 100_000 * 60, 0),
        (500_001, 60, 0, 0),
        (500_001, 60, 0, 240),
        (0, 30, 900_000, 0),
    ]
    assert all(rule.names.keys() == {"zh", "en"} for rule in (*rules.severities, *rules.duties))


def test_margins_and_the_directory_are_part_of_what_is_counted(folder: Path) -> None:
    """Another margin links other reports, another directory counts other users; classes and duties only judge."""
    shipped = _load(folder)
    _replace(folder / "outages.yaml", "user_hours: 5000", "user_hours: 5001")
    assert _load(folder).digest() == shipped.digest()
    _replace(folder / "outages.yaml", "link_after_minutes: 30", "link_after_minutes: 31")
    assert _load(folder).digest() != shipped.digest()
    digests = {_with_directory(folder, numbers).digest() for numbers in ("", "6630001", "6630002")}
    assert len(digests | {_load(folder).digest()}) == 4


def test_numbers_of_the_directory_have_the_branch_of_their_prefix() -> None:
    """Where a row names none, the places do."""
    directory = _with_directory(SHIPPED, "6630001").directory
    assert directory is not None
    assert directory.branch_of("6630001", 0) == "现业"


def test_a_directory_that_cannot_be_read_stops_the_load(tmp_path: Path) -> None:
    """With the file's name, like any other definition."""
    with pytest.raises(DefinitionsError, match=r"nowhere\.csv: No such file.*STREAMS_DIRECTORY"):
        load(SHIPPED, timezone="Asia/Shanghai", ledger_months=2, subscribers=tmp_path / "nowhere.csv")


def _with_directory(folder: Path, number: str) -> Definitions:
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(f"number\n{number}\n")
        file.flush()
        return load(folder, timezone="Asia/Shanghai", ledger_months=2, subscribers=Path(file.name))


def test_calendar_settings_travel_with_the_definitions() -> None:
    """The time zone and the months that stay open are part of what a figure means, so of its definitions."""
    definitions = load(SHIPPED, timezone="Asia/Urumqi", ledger_months=3)
    assert (definitions.timezone, definitions.ledger_months) == ("Asia/Urumqi", 3)
    assert definitions.digest() != _load(SHIPPED).digest()


def test_a_target_may_follow_another(folder: Path) -> None:
    """A target that ends on the day on which the next begins leaves no gap and no overlap."""
    old = '"60", valid_from: 2009-01-01}'
    line = "  - {indicator: preprocessing_rate, labels: {service: broadband}, tier: province, percent: "
    _replace(
        folder / "targets.yaml",
        line + old,
        line + old.replace("}", ", valid_to: 2010-01-01}") + "\n" + line + '"62.5", valid_from: 2010-01-01}',
    )
    ratios = [target.ratio for target in _load(folder).targets if target.indicator == "preprocessing_rate"]
    assert ratios == ["0.6", "0.625"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("places.yaml", '"663"]', '"765"]', "prefix '765' stands twice"),
        ("places.yaml", '"663"]', "663]", "Expected `str`, got `int`"),
        ("places.yaml", '"663"]', '"6635002"]', "'6635002' is no prefix of a 7-digit number"),
        ("places.yaml", '"663"]', '"66x"]', "- at `$.branches[...].prefixes["),
        ("places.yaml", "  现业:\n", "  安岳:\n", "'安岳' stands twice"),
        ("places.yaml", "served: 92000", "served: 0", "$.branches[...].served"),
        ("places.yaml", "served: 92000", "server: 92000", "unknown field `server`"),
        ("places.yaml", "安岳: {en", "安丘: {en", "names: '安丘' is not defined in this file"),
        ("places.yaml", "branches:", "branches: [", "line "),
        ("brands.yaml", "我的E家: [E6, ", "我的E家: [E7, ", "families.我的E家: 'E7' is not among the brands"),
        ("brands.yaml", "我的E家: [E6, ", "我的E家: [E8, ", "'E8' stands twice"),
        ("brands.yaml", "  fixed: [", "  fax: [", "Invalid enum value 'fax'"),
        ("channels.yaml", "hotline: 10000号", "hotline: 10001号", "hotline: '10001号' is not one of"),
        ("channels.yaml", "escalated: [工信部申诉, ", "escalated: [工信部, ", "escalated: '工信部' is not one of"),
        ("channels.yaml", "watched: [消协(12315)]", "watched: [消协]", "watched: '消协' is not one of"),
        ("channels.yaml", "  智能网: [使用", "  智能: [使用", "subcategories: '智能' is not one of"),
        (
            "departments.yaml",
            "  现业公客部: 现业公众客户部",
            "  现业公客部: 现业",
            "aliases.现业公客部: '现业' is in none",
        ),
        ("departments.yaml", "  现业公客部:", "  车城服务部:", "aliases.车城服务部: is a department itself"),
        ("departments.yaml", "  安岳分公司: [安岳分", "  安岳公司: [安岳分", "penalised_for: '安岳公司' is not one of"),
        ("departments.yaml", "  安岳分公司: [安岳分公司", "  安岳分公司: [安岳", "penalised_for: '安岳' is not one of"),
        ("departments.yaml", "  安岳: [", "  安丘: [", "branches: '安丘' is not one of"),
        ("departments.yaml", "  乐至: [乐至分公司]", "  乐至: [乐至]", "branches: '乐至' is not one of"),
        ("outages.yaml", "link_before_minutes: 30", "link_before_minutes: -1", "$.link_before_minutes"),
        ("outages.yaml", "link_before_minutes", "link_ahead_minutes", "unknown field `link_ahead_minutes`"),
        ("outages.yaml", "user_hours: 0", "user_hour: 0", "unknown field `user_hour`"),
        ("outages.yaml", "user_hours: 0", "user_hours: 1", "severities[0]: has to begin at users: 0"),
        ("outages.yaml", "users: 500\n", "users: 0\n", "severities[1]: has to begin at more users"),
        ("outages.yaml", "- id: critical", "- id: major", "severities: 'major' stands twice"),
        ("outages.yaml", "- id: nors", "- id: users_500000_oral", "duties: 'users_500000_oral' stands twice"),
        ("outages.yaml", "    user_minutes: 6000000\n", "", "duties[0]: give users, minutes or user_minutes"),
        ("targets.yaml", "brand: E6", "brand: E9", "targets[0].labels.brand: 'E9' is not one of"),
        ("targets.yaml", "{brand: E6}", "{brnad: E6}", "service|family|brand|product|branch"),
        ("targets.yaml", "tier: province", "tier: country", "Invalid enum value 'country'"),
        ("targets.yaml", 'percent: "8"', "percent: 8", "Expected `str`, got `int`"),
        ("targets.yaml", 'percent: "8"', 'percent: "800"', "$.targets[0].percent"),
        ("targets.yaml", "2009-01-01", "July", "$.targets[0].valid_from"),
        ("targets.yaml", "2009-01-01", "2009-01-01, valid_to: 2008-12-31", "is not after valid_from"),
        ("targets.yaml", "tier: city", "tier: province", "targets[1]: overlaps targets[0]"),
    ],
)
def test_mistakes_are_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    """What contradicts itself or is not understood stops the load, and the message names file, field and reason."""
    _replace(folder / file, old, new)
    with pytest.raises(DefinitionsError) as caught:
        _load(folder)
    assert file in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    """Without one of the files nothing is loaded, and the message says which variable names the folder."""
    (folder / "brands.yaml").unlink()
    with pytest.raises(DefinitionsError, match=r"brands\.yaml: No such file.*STREAMS_DEFINITIONS_DIR"):
        _load(folder)
