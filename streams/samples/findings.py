"""What was wrong: symptoms and causes in the words of the ticket systems.

Broadband's first three symptoms and causes come out exactly as printed; everything else stays well below them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from streams.samples import printed
from streams.samples.calendar import shares
from streams.samples.tickets import BROADBAND, FIXED, KEY_PRODUCT, MOBILE, Ticket

Weights = Mapping[str, float]

_OTHER_BROADBAND_SYMPTOMS: Weights = {
    "频繁掉线": 24, "无法上网": 20, "错误678": 17, "网页打不开": 15, "调制解调器指示灯异常": 14, "错误769": 10,
}  # fmt: skip
_OTHER_BROADBAND_CAUSES: Weights = {
    "调制解调器故障": 16, "下户线故障": 15, "端口故障": 13, "用户电脑故障": 13, "分离器故障": 11,
    "用户路由器设置错误": 11, "交接箱跳线故障": 9, "电缆故障": 7, "其他": 5,
}  # fmt: skip
# Two symptoms have causes of their own; the others share what is left.
_BROADBAND_CAUSES_BY_SYMPTOM: Mapping[str, Weights] = {
    "用户名密码错": {"用户遗忘密码": 34, "账号绑定错误": 27, "查中自复": 22, "用户欠费停机": 17},
    "网速低": {"用户电脑中毒": 24, "查中自复": 24, "用户方网线故障": 18, "线路衰耗大": 17, "端口速率配置错误": 17},
}
_SYMPTOMS_BY_SERVICE: Mapping[str, Weights] = {
    FIXED: {"无拨号音": 38, "杂音大": 17, "不能呼出": 14, "不能呼入": 11, "单通": 9, "串线": 6, "无来电显示": 5},
    KEY_PRODUCT: {"业务中断": 40, "无法登录": 24, "时断时续": 20, "图像无显示": 16},
}
_SYMPTOMS_BY_MOBILE_BRAND: Mapping[str, Weights] = {
    "C网本地用户": {"无信号": 40, "掉话": 25, "无法呼出": 20, "通话杂音": 15},
    "无线上网(C+W)": {"无法拨号上网": 60, "网速低": 40},
    "短信及智能短信": {"短信发送失败": 60, "短信接收失败": 40},
    "爱音乐": {"彩铃无法下载": 1},
    "彩信": {"彩信收发失败": 1},
    "手机上网": {"手机网页打不开": 70, "手机上网慢": 30},
}
_CAUSES_BY_SERVICE: Mapping[str, Weights] = {
    FIXED: {
        "下户线故障": 26,
        "用户话机故障": 21,
        "查中自复": 15,
        "电缆故障": 13,
        "交接箱跳线故障": 11,
        "端口故障": 9,
        "其他": 5,
    },
    MOBILE: {"终端设置错误": 34, "基站故障": 20, "覆盖不足": 18, "查中自复": 14, "卡故障": 9, "其他": 5},
    KEY_PRODUCT: {"传输线路故障": 36, "平台故障": 24, "用户设备故障": 24, "用户侧停电": 16},
}
_CUSTOMER_CAUSES = {
    "用户方网线故障", "用户电脑故障", "用户路由器设置错误", "用户遗忘密码", "用户欠费停机", "用户电脑中毒",
    "用户话机故障", "终端设置错误", "卡故障", "用户设备故障", "用户侧停电",
}  # fmt: skip
_UNKNOWN_CAUSE = "查中自复"
_OTHER_CAUSE = "其他"


def cleared_at_desk(cause: str) -> bool:
    """Tell whether the front desk can clear such a cause without sending anybody."""
    return cause in _CUSTOMER_CAUSES or cause in (_UNKNOWN_CAUSE, "账号绑定错误", "端口速率配置错误")


def find(tickets: Sequence[Ticket], random: Random) -> None:
    """Give every ticket symptom and cause, drawn by the weights of its service."""
    for ticket in tickets:
        by_brand = _SYMPTOMS_BY_MOBILE_BRAND.get(ticket.subscriber.brand or "")
        ticket.symptom = _draw(by_brand or _SYMPTOMS_BY_SERVICE.get(ticket.service, _OTHER_BROADBAND_SYMPTOMS), random)
        ticket.cause = _draw(_CAUSES_BY_SERVICE.get(ticket.service, _OTHER_BROADBAND_CAUSES), random)
        if ticket.outage:
            ticket.symptom, ticket.cause = ticket.outage.symptoms[ticket.service], ticket.outage.cause
        ticket.cause_class = _cause_class(ticket.cause)


def find_printed_broadband(tickets: Iterable[Ticket], random: Random) -> None:
    """Give the month's broadband tickets symptoms and causes whose first ones have exactly the printed shares."""
    tickets = [ticket for ticket in tickets if ticket.service == BROADBAND]
    free = [ticket for ticket in tickets if not ticket.outage]
    random.shuffle(free)
    symptoms = _total("top_symptoms_pct", len(tickets), _OTHER_BROADBAND_SYMPTOMS)
    symptoms.subtract(ticket.symptom for ticket in tickets if ticket.outage)
    for ticket, symptom in zip(free, symptoms.elements(), strict=True):
        ticket.symptom = symptom
    _find_causes(free, _printed_counts("top_causes_pct", len(tickets)), random)


def _find_causes(free: Sequence[Ticket], top: Counter[str], random: Random) -> None:
    """Spread causes over `free` so that each of `top` comes out exactly; outages have causes of their own."""
    for symptom in _BROADBAND_CAUSES_BY_SYMPTOM:
        own = [ticket for ticket in free if ticket.symptom == symptom]
        counts = _split(len(own), _BROADBAND_CAUSES_BY_SYMPTOM[symptom])
        top.subtract({cause: counts[cause] for cause in top})
        _hand_out(own, counts, random)
    common = [ticket for ticket in free if ticket.symptom not in _BROADBAND_CAUSES_BY_SYMPTOM]
    _hand_out(common, top + _split(len(common) - top.total(), _OTHER_BROADBAND_CAUSES), random)


def _hand_out(tickets: Sequence[Ticket], counts: Counter[str], random: Random) -> None:
    causes = list(counts.elements())
    random.shuffle(causes)
    for ticket, cause in zip(tickets, causes, strict=True):
        ticket.cause, ticket.cause_class = cause, _cause_class(cause)


def _total(table: str, tickets: int, others: Weights) -> Counter[str]:
    top = _printed_counts(table, tickets)
    return top + _split(tickets - top.total(), others)


def _printed_counts(table: str, tickets: int) -> Counter[str]:
    top = printed.report()["broadband"][table]
    return Counter({name: printed.count_of_share(share, tickets) for name, share in top.items()})


def _split(total: int, weights: Weights) -> Counter[str]:
    return Counter(dict(zip(weights, shares(total, list(weights.values())), strict=True)))


def _draw(weights: Weights, random: Random) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _cause_class(cause: str) -> str:
    if cause in (_UNKNOWN_CAUSE, _OTHER_CAUSE):
        return "unknown" if cause == _UNKNOWN_CAUSE else "other"
    return "customer" if cause in _CUSTOMER_CAUSES else "network"
