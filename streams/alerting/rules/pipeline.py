"""Alerts about the pipeline itself: figures that are not shown, stand still, or lack what was not read."""

from __future__ import annotations

from collections.abc import Iterator

from streams.alerting.roster import CITY
from streams.alerting.rules.alert import Alert, Severity, Timing
from streams.alerting.rules.records import GONE, NOW, newest
from streams.alerting.rules.scraping import PAGER_JOB, WORKER_JOB
from streams.alerting.rules.wording import TO_WHOLE, both
from streams.core.catalogue.indicator import Text
from streams.core.events.complaint import Complaint
from streams.core.events.fault import FaultTicket
from streams.core.events.order import WorkOrder
from streams.core.letters import REASONS

BEHIND_SECONDS = 300
REPLAY_SECONDS = 30 * 86_400
"""Data that is older than this is a replay of the past, not a pipeline that stands still."""
MOST_DEAD_LETTERS = 5
MOST_BACKLOG_RECORDS = 10_000
SNAPSHOT_DAYS = 5
UNDELIVERED_SECONDS = 300
FEWEST_BEFORE = 10
"""A topic that brought fewer at the same time before may be silent by chance."""

VALUE = f"{{{{ $value | {TO_WHOLE} }}}}"


def pipeline_alerts() -> Iterator[Alert]:
    """Yield the alerts."""
    yield from _silent_topics()
    yield from _reading()
    yield from _showing()
    yield from _paging()
    yield _snapshot()
    yield _watchdog()


def _silent_topics() -> Iterator[Alert]:
    """Yield an alert for each topic that is never silent: nothing now, where there was much at the same time before."""
    for topic, counted, before, names in (
        (FaultTicket.topic, 'streams_fault_tickets{window="1h",by=""}', "1d", both("故障申告", "fault tickets")),
        (Complaint.topic, 'streams_complaints{window="24h",by=""}', "1w", both("投诉", "complaints")),
        (WorkOrder.topic, 'streams_orders{window="24h",by=""}', "1w", both("装移机工单", "work orders")),
    ):
        yield _alert(
            f"{topic.capitalize()}Silent",
            expr=f"{newest(counted)} == 0\nand {newest(f'{counted} offset {before}')} >= {FEWEST_BEFORE}",
            severity="warning",
            feed=topic,
            timing=Timing("10m", "10m"),
            summary=both(f"数据中断：没有{names['zh']}", f"No {names['en']} come in"),
            description=both(
                f"上一周期同一时段有 {FEWEST_BEFORE} 件以上，现在为零。检查工单系统接口和主题 {topic} 的写入；"
                "恢复前相关指标不可信。",
                f"There are none, where there were {FEWEST_BEFORE} or more at this time before. Look at the ticket "
                f"system's interface and at what writes to the topic {topic}; do not trust its indicators until then.",
            ),
        )


def _reading() -> Iterator[Alert]:
    settled = "sum(streams_worker_partitions_settled)"
    yield _alert(
        "WorkerLost",
        expr=f'up{{job="{WORKER_JOB}"}} == 0',
        severity="warning",
        timing=Timing("2m", "2m"),
        summary=both("处理进程失联：{{ $labels.instance }}", "A worker is lost: {{ $labels.instance }}"),
        description=both(
            "其分区由其余进程接管；只剩一个时再失去即停止计数。查看该机日志和退出码。",
            "The others take its partitions over, as long as there are others. Look at its log and exit code.",
        ),
    )
    yield _alert(
        "PartitionsNotCounted",
        expr=f"{newest('streams_partitions')} - ({settled} or vector(0)) > 0",
        severity="critical",
        timing=Timing("3m", "2m"),
        summary=both(f"{VALUE} 个分区无人计数", f"{VALUE} partitions are counted by no worker"),
        description=both(
            "数字停在旧时刻。启动处理进程（streams worker），或等待接管完成。",
            "Figures stand still. Start a worker (`streams worker`), or wait until the take-over is done.",
        ),
    )
    yield _alert(
        "WorkersBehind",
        expr=f"sum(streams_worker_backlog_records) > {MOST_BACKLOG_RECORDS}",
        severity="warning",
        timing=Timing("10m", "5m"),
        summary=both(f"积压 {VALUE} 条记录", f"Workers are {VALUE} records behind"),
        description=both(
            "计数跟不上写入。增加处理进程（不超过分区数），检查主机负载。",
            "They count more slowly than events come in. Start more of them, up to one for each partition.",
        ),
    )
    refused = "|".join(REASONS)
    # A worker that takes a partition over reads old messages anew: what it counts then is nothing new.
    steady = "changes(streams_worker_partitions[15m]) == 0 and changes(streams_worker_takeover_seconds[15m]) == 0"
    yield _alert(
        "DeadLetters",
        expr=f'sum by (topic, outcome) (\n  increase(streams_events_total{{outcome=~"{refused}"}}[15m])\n'
        f"  and on (instance) ({steady})\n) >= {MOST_DEAD_LETTERS}",
        severity="warning",
        timing=Timing(keep="30m"),
        summary=both(
            f"{{{{ $labels.topic }}}} 有 {VALUE} 条消息无法计数（{{{{ $labels.outcome }}}}）",
            f"{VALUE} messages of {{{{ $labels.topic }}}} could not be counted ({{{{ $labels.outcome }}}})",
        ),
        description=both(
            "用 streams dead-letters list 查看原因，请来源系统更正后重发，或用 streams dead-letters replay 补发。",
            "`streams dead-letters list` says why. Have the source correct and send them again, or send them with "
            "`streams dead-letters replay`.",
        ),
    )


def _showing() -> Iterator[Alert]:
    yield _alert(
        "FiguresNotShown",
        expr=f"({newest('streams_figures_shown')} or vector(0)) == 0",
        severity="critical",
        timing=Timing("2m", "1m"),
        summary=both("没有可用的数字", "No figures are shown"),
        description=both(
            "没有一个 streams serve 能给出完整数字，其余告警此时无效。查看各实例的 /ready，里面写明原因。",
            "No `streams serve` has whole figures, and no other alert can be relied on. The /ready of each says why.",
        ),
    )
    yield _alert(
        "ServeBehind",
        expr=f"max by (instance) (streams_tallies_backlog_records) > {MOST_BACKLOG_RECORDS}",
        severity="warning",
        timing=Timing("5m", "5m"),
        summary=both(
            f"{{{{ $labels.instance }}}} 落后 {VALUE} 条记录", f"{{{{ $labels.instance }}}} is {VALUE} records behind"
        ),
        description=both(
            "该实例读取汇总过慢，期间不显示数字。检查主机负载和到 Kafka 的网络。",
            "It reads the tallies too slowly, and shows no figures meanwhile. Look at its host and the way to Kafka.",
        ),
    )
    behind = f"time() - {NOW}"
    yield _alert(
        "DataTimeBehind",
        expr=f"{behind} > {BEHIND_SECONDS} < {REPLAY_SECONDS}",
        severity="warning",
        timing=Timing("5m", "5m"),
        summary=both(
            "数据时间落后 {{ $value | humanizeDuration }}", "The data's clock is {{ $value | humanizeDuration }} behind"
        ),
        description=both(
            "至少一个分区停在旧时刻。查看哪个处理进程没有进展；到期和窗口均按数据时间计算。",
            "At least one partition stands still. See which worker makes no progress; deadlines go by this clock.",
        ),
    )


def _paging() -> Iterator[Alert]:
    """Yield what is wrong with the pager; where it is down, only panels and whoever waits for the Watchdog tell it."""
    yield _alert(
        "PagerLost",
        expr=f'up{{job="{PAGER_JOB}"}} == 0',
        severity="critical",
        timing=Timing("1m", "1m"),
        summary=both("寻呼程序失联", "The pager is lost"),
        description=both(
            "没有人会收到寻呼。启动 streams pager；它会从 Kafka 继续未完成的寻呼。",
            "Nobody is paged. Start `streams pager`: it goes on with what Kafka holds.",
        ),
    )
    yield _alert(
        "PagesNotDelivered",
        expr=f"{newest('streams_pager_oldest_message_seconds')} > {UNDELIVERED_SECONDS}",
        severity="critical",
        timing=Timing("1m", "5m"),
        summary=both(
            "寻呼发不出去：已等 {{ $value | humanizeDuration }}",
            "Pages do not get out: {{ $value | humanizeDuration }}",
        ),
        description=both(
            "检查短信网关、企业微信等渠道的地址和网络；期间用电话通知值班人员。",
            "Look at the addresses of the channels and the way to them; call whoever is on duty meanwhile.",
        ),
    )
    yield _alert(
        "PagesGivenUp",
        expr=f"{newest('streams_pager_pages_given_up')} > 0",
        severity="critical",
        timing=Timing("1m", "1m"),
        summary=both(f"{VALUE} 条寻呼无人确认", f"Nobody took {VALUE} pages"),
        description=both(
            "已按顺序叫过所有人，仍无人确认，不再继续寻呼。用 streams pager list 查看，电话联系负责人。",
            "Everybody was told in their turn, and nobody is told any more. `streams pager list` shows them: call "
            "whoever should see to it.",
        ),
    )


def _snapshot() -> Alert:
    written = newest("streams_last_month_snapshot_written")
    return _alert(
        "SnapshotMissing",
        expr=f"{written} == 0\nand on () {GONE} > {SNAPSHOT_DAYS * 86_400}",
        severity="warning",
        timing=Timing("10m", "10m"),
        summary=both("上月快照尚未生成", "Last month has no snapshot yet"),
        description=both(
            f"已过月初 {SNAPSHOT_DAYS} 天。用 streams snapshot 生成上月快照，核对后交报告撰写人。",
            f"The month is more than {SNAPSHOT_DAYS} days old. Make it with `streams snapshot`, check it, and hand it "
            "to whoever writes the report.",
        ),
    )


def _watchdog() -> Alert:
    return Alert(
        name="Watchdog",
        expr="vector(1)",
        severity="info",
        kind="watchdog",
        branch=CITY,
        summary=both("告警链路正常", "The way of alerts works"),
        description=both(
            "此告警始终存在；外部监测一旦收不到它，说明告警链路中断。",
            "This fires always: whoever outside waits for it in vain knows that no alert gets through.",
        ),
        anchor="watchdog",
    )


def _alert(
    name: str,
    *,
    expr: str,
    severity: Severity,
    timing: Timing,
    summary: Text,
    description: Text,
    feed: str = "",
) -> Alert:
    """Return an alert of the pipeline: it concerns no branch, and its heading in the runbook is its name."""
    return Alert(
        name=name,
        expr=expr,
        severity=severity,
        kind="pipeline",
        branch=CITY,
        feed=feed,
        timing=timing,
        summary=summary,
        description=description,
        anchor=name.lower(),
    )
