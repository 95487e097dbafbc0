"""The front matter of a document, understood: kind, name, code, version, dates, what it 引用s."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from jixiang.language.literals import meant
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document, Text
from jixiang.language.typed import Window
from jixiang.values.problem import Place

KEYS = (
    *("名称", "编号", "文种", "文号", "依据", "性质", "类别", "版本"),
    *("施行", "废止", "执行期", "受理期", "追溯", "资金", "办理", "公示", "引用"),
)
SAID_OTHERWISE = {
    **dict.fromkeys(("生效", "生效日期", "实施", "实施日期", "施行日期", "起始日期", "开始日期"), "施行"),
    **dict.fromkeys(("失效", "失效日期", "废止日期", "截止日期", "终止日期"), "废止"),
    **dict.fromkeys(("标题", "题目", "政策名称", "文件名", "文件名称"), "名称"),
    **dict.fromkeys(("发文字号", "字号"), "文号"),
    **dict.fromkeys(("有效期", "有效期限", "期限"), "执行期"),
    **dict.fromkeys(("申请期", "申报期", "受理时间", "办理期"), "受理期"),
    **dict.fromkeys(("资金来源", "基金", "资金渠道"), "资金"),
}
KINDS = ("政策", "列表", "定义", "办法", "词汇")
STEP = re.compile(r"\s*自(.+?)起\s*至(.+)")
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z|(\d{4})年(\d{1,2})月(\d{1,2})日\Z")
Note = Callable[..., None]  # code, place, message, way out, severity


@dataclass(frozen=True)
class Front:
    """`label` is how the document is called when it has versions: 名称（版本）, else 名称."""

    kind: str
    name: str
    code: str
    version: str
    category: str
    fund: str
    in_force_from: date | None
    repealed_from: date | None
    execution: Window | None
    acceptance: Window | None
    lookback_months: int | None
    quotes: tuple[Text, ...]

    @property
    def label(self) -> str:
        return f"{self.name}（{self.version}）" if self.version else self.name

    def is_called(self, name: str) -> bool:
        """Does 《name》 mean this document? 《P（2020年版）》 one version, 《P》 every one."""
        head, version = split_version(name)
        return name == self.name or (head == self.name and version == _plain(self.version) != "")


def split_version(name: str) -> tuple[str, str]:
    """《P（2020年版）》 as P and 2020. A name that ends with brackets for other reasons is also its own name."""
    match = re.fullmatch(r"(.+?)[（(]([^（()）]+)[）)]", name)
    return (match[1], _plain(match[2])) if match else (name, "")


def _plain(version: str) -> str:
    return re.sub("年?版?$", "", version.strip())


def read_day(text: str) -> date | None:
    """A day as written, or None."""
    match = DAY.match(text.strip())
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_front(document: Document, note: Note) -> Front:
    """The front matter, with a note for each key or value that is wrong."""
    return _FrontReader(document, note).read()


class _FrontReader:
    def __init__(self, document: Document, note: Note) -> None:
        self.front = document.front
        self.first_line = document.first_line
        self.note = note

    def warn(self, code: str, place: Place, message: str, way: str) -> None:
        self.note(code, place, message, way, "warning")

    def read(self) -> Front:
        for key, value in self.front.items():
            if key not in KEYS:
                column = max(value.place.source.find(key), 0) + 1
                place = replace(value.place, column=column, length=len(key))
                usual = SAID_OTHERWISE.get(key)
                way = f"是否为 '{usual}'?" if usual else perhaps(key, KEYS) or f"文件头可以写 {'、'.join(KEYS)}"
                self.note("unknown-key", place, f"文件头里没有名为 '{key}' 的项", way)
        execution = self._window("执行期")
        return Front(
            self._kind(),
            self._name(),
            self._text("编号"),
            self._text("版本"),
            self._category(),
            self._text("资金"),
            self._day("施行") or (execution.first if execution else None),
            self._day("废止"),
            execution,
            self._window("受理期"),
            self._months("追溯"),
            self._quotes(),
        )

    def _text(self, key: str) -> str:
        return self.front[key].text.strip() if key in self.front else ""

    def _category(self) -> str:
        """类别, which the folder of a policy says too."""
        category = self._text("类别")
        folders = self.first_line.file.split("/")
        if category in KINDS and "文种" not in self.front:
            way = f"文件是 {category} 时写 '文种: {category}'"
            self.warn("front-value", self.front["类别"].place, f"类别 说的是政策的类别,不是 '{category}'", way)
        elif category and folders[0] == "policies" and len(folders) > 2 and category != folders[-2]:
            message = f"类别 写的是 '{category}',文件却放在目录 '{folders[-2]}' 里"
            self.warn("front-value", self.front["类别"].place, message, "改 类别,或把文件移到同名的目录里")
        return category

    def _kind(self) -> str:
        kind = self._text("文种") or "政策"
        if kind not in KINDS:
            self.note("front-value", self.front["文种"].place, f"不认识的文种 '{kind}'", f"写 {'、'.join(KINDS)} 之一")
        return kind

    def _name(self) -> str:
        name = self._text("名称")
        if not name:
            self.note("missing-front", self.first_line, "文件头没有写 名称", "在文件开头的两行 --- 之间写 '名称: …'")
        return name

    def _day(self, key: str) -> date | None:
        if key not in self.front:
            return None
        day = read_day(self.front[key].text)
        if day is None:
            spelled = meant(self.front[key].text)
            way = f"写成 '{key}: {spelled if read_day(spelled) else '2020-01-01'}'"
            self.note("front-value", self.front[key].place, f"{key} 应当是一个日期", way)
        return day

    def _window(self, key: str) -> Window | None:
        """D 至 D, and from which decision dates on it lasts longer: D 至 D; 自 D 起 至 D; 自 D 起 至 D"""
        if key not in self.front:
            return None
        span, *later = re.split("[;；]", self.front[key].text)
        found = self._span(key, span)
        steps: list[tuple[date, date]] = []
        for text in later:
            match = STEP.fullmatch(text)
            since, last = (read_day(match[1]), read_day(match[2])) if match else (None, None)
            if since is None or last is None:
                form = f"写成 '{key}: 2020-01-01 至 2020-12-31; 自 2021-05-20 起 至 2021-12-31'"
                self.note(
                    "front-value", self._part(key, text), f"{key} 的延长应当是从哪一天作的决定起、到哪一天止", form
                )
                return None
            if found is not None and (
                last <= (steps[-1][1] if steps else found[1]) or (steps and since <= steps[-1][0])
            ):
                message = f"{key} 的延长要一次比一次晚: 自 {since} 起 至 {last}"
                way = "从早到晚排好,止日也一次比一次晚;要提前结束写 废止"
                self.note("front-value", self._part(key, text), message, way)
                return None
            steps.append((since, last))
        return Window(*found, tuple(steps)) if found is not None else None

    def _part(self, key: str, text: str) -> Place:
        """The place of a piece of a value."""
        value = self.front[key]
        start = max(value.text.find(text.strip()), 0)
        return replace(value.place, column=value.place.column + start, length=max(len(text.strip()), 1))

    def _span(self, key: str, text: str) -> tuple[date, date] | None:
        low, _, high = text.partition("至")
        first, last = read_day(low), read_day(high)
        if first is None or last is None:
            form = f"写成 '{key}: 2020-01-01 至 2021-12-31'"
            self.note("front-value", self.front[key].place, f"{key} 应当是起止两个日期", form)
            return None
        if last < first:
            self.note("front-value", self.front[key].place, f"{key} 的止日早于起日", "把两个日期对调,或改正其中一个")
            return None
        return first, last

    def _months(self, key: str) -> int | None:
        if key not in self.front:
            return None
        match = re.fullmatch(r"(\d+)\s*(个月|年)", self.front[key].text.strip())
        if not match:
            self.note("front-value", self.front[key].place, f"{key} 应当是时长", f"写成 '{key}: 12 个月'")
            return None
        return int(match[1]) * (12 if match[2] == "年" else 1)

    def _quotes(self) -> tuple[Text, ...]:
        value = self.front.get("引用")
        if value is None:
            return ()
        found = [
            Text(match[1], _inside(value.place, match.start())) for match in re.finditer("《([^》]+)》", value.text)
        ]
        rest = re.sub(r"《[^》]+》|[\[\],，、\s]", "", value.text)
        if rest or not found:
            self.note("front-value", value.place, "引用 应当是带书名号的文件名", "写成 '引用: [《甲》, 《乙》]'")
        return tuple(found)


def _inside(place: Place, offset: int) -> Place:
    return Place(place.file, place.line, place.column + offset, 1, place.article, place.source)
