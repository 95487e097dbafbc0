"""Everything that an import may find wrong: one row a fault, in Chinese, with the way out.

A fault of a file refuses the file before any of its rows; a fault of a row refuses that row; a note refuses nothing. A
row that is left out on purpose is `ignored`. Nothing here names a person or a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["file", "row", "ignored", "note", "stop"]  # stop: goes on once a person has confirmed


@dataclass(frozen=True, slots=True)
class Fault:
    code: str
    weight: Weight
    message: str
    suggestion: str


_ALL = (
    # The file
    Fault("file-empty", "file", "文件是空的", "请确认导出完成后重新发送"),
    Fault("file-not-table", "file", "文件不是 CSV 文本,也不是 Excel 工作簿(.xlsx)", "请另存为 .xlsx 或 CSV 再发送"),
    Fault("file-old-excel", "file", "文件是旧版 Excel(.xls)", "请在 Excel 里另存为 .xlsx"),
    Fault("file-password", "file", "工作簿有密码", "请去掉密码后再发送"),
    Fault("file-macros", "file", "工作簿带有宏", "请另存为不带宏的 .xlsx"),
    Fault("file-damaged", "file", "工作簿损坏,读不出来", "请重新导出"),
    Fault("file-bomb", "file", "工作簿展开后过大,或带有外部实体", "请只保留数据,重新导出"),
    Fault("file-limits", "file", "读这个文件超过了内存或时间的限度", "请分成几个较小的文件"),
    Fault("file-too-wide", "file", "列数过多", "请只保留需要的列"),
    Fault("sheet-missing", "file", "没有约定的工作表", "请核对工作表名称"),
    Fault("sheet-several", "file", "有几张可见的工作表,不知道读哪一张", "请只保留一张,或隐藏其余的"),
    Fault("cells-merged", "file", "数据里有合并的单元格", "请取消合并,每个单元格各填各的"),
    Fault("encoding-wrong", "file", "表头不是约定的编码", "请核对文件编码"),
    Fault("heading-missing", "file", "缺少必要的列", "请补上这一列"),
    Fault("heading-unknown", "file", "有不认识的列", "请核对列名,或在导入约定里登记"),
    Fault("heading-twice", "file", "同一列名出现两次", "请只保留一列"),
    Fault("layout-unknown", "file", "表头与任何一种约定都不符", "请核对是不是这一类文件"),
    Fault("date-unknown", "file", "不知道这份数据截至哪一天", "请用 --extracted 写明,或让文件名以 _20210630 结尾"),
    Fault("file-mostly-refused", "file", "退回的行过多", "请核对是不是这一类文件、列有没有错位"),
    Fault("file-known", "ignored", "这个文件已经导入过,内容没有变", "不用再做什么"),
    # Stops for confirmation
    Fault("extract-older", "stop", "这份数据比已经导入的旧", "确认要补导旧数据,请加 --confirm"),
    Fault("extract-smaller", "stop", "行数比上一次少了三分之一以上", "请核对是不是漏导;确认无误请加 --confirm"),
    # The row
    Fault("row-ragged", "row", "单元格的个数与表头不符", "检查有没有多出或缺少的分隔符"),
    Fault("row-undecodable", "row", "有字节不合文件的编码", "请用约定的编码重新导出"),
    Fault("row-quotes", "row", "引号没有成对,或引号外还有字", "检查引号"),
    Fault("row-control", "row", "有不可见的控制字符", "去掉控制字符"),
    Fault("row-conflict", "row", "同一件事在这份数据里有不同的说法", "请核对,用较新一天的数据送来正确的一行"),
    Fault("row-withheld", "row", "同一天的另一份数据对同一件事有不同的说法", "请核对后重新发送较新的数据"),
    Fault("row-duplicate", "ignored", "与前面的一行完全相同", "不用再做什么"),
    Fault("row-older", "ignored", "已有较新的数据", "不用再做什么"),
    Fault("row-totals", "ignored", "合计行", "不用再做什么"),
    Fault("row-blank", "ignored", "空行", "不用再做什么"),
    Fault("row-hidden", "row", "隐藏的行", "请取消隐藏或删去后再发送"),
    # The cell
    Fault("cell-required", "row", "必填的单元格是空的", "请补全"),
    Fault("cell-error", "row", "单元格里是公式错误(如 #N/A)", "请改为值"),
    Fault("cell-formula", "row", "公式没有算出来的值", "请在 Excel 里打开、重新计算并保存,或粘贴为数值"),
    Fault("cell-inject", "row", "以 =、+、-、@ 或制表符开头,可能是公式", "去掉开头的符号"),
    Fault("cell-date", "row", "文本被表格软件存成了日期", "把这一列设为文本后重新填写"),
    Fault("cell-long", "row", "内容过长", "请核对"),
    Fault("date-form", "row", "日期的写法不在约定之中", "请按约定的写法"),
    Fault("date-impossible", "row", "没有这一天", "请核对"),
    Fault("month-form", "row", "月份的写法不在约定之中", "请按约定的写法"),
    Fault("money-form", "row", "不是约定写法的金额", "写成 1500.00"),
    Fault("money-fen", "row", "金额不足一分", "请按分四舍五入后重新导出"),
    Fault("number-form", "row", "不是整数", "只写数字"),
    Fault("bool-form", "row", "不是“是”或“否”的约定写法", "请核对"),
    Fault("code-unknown", "row", "编码不在编码表里", "请核对,或在导入约定里登记它的译法"),
    Fault("value-bounds", "row", "超出允许的范围", "请核对"),
    Fault("key-partial", "row", "指明对方的几列只填了一部分", "请补全或全部留空"),
    # Numbers of people and firms; the other resident-id-* and credit-code-* come from `values`
    Fault("number-cell", "row", "号码被存成了数字,后几位已经丢失", "把这一列设为文本后重新导出"),
    Fault("number-scientific", "row", "号码被写成科学记数,后几位已经丢失", "把这一列设为文本后重新导出"),
    Fault("number-letters", "row", "号码里有不该有的字符", "请核对原件"),
    Fault("number-length", "row", "身份证号码位数不对", "应为 18 位(旧号码 15 位)"),
    Fault("number-birth", "row", "身份证号码中的出生日期不可能", "请核对第 7 至 14 位"),
    Fault("number-check", "row", "身份证号码的校验码不符", "至少有一位写错,请核对原件"),
    Fault("number-tidied", "note", "号码里的空格、全角或小写已改成规范写法", ""),
    Fault("number-old", "note", "15 位旧号码已换成 18 位", ""),
    Fault("number-misplaced", "row", "身份证号码写在了别的列里", "请核对列有没有错位"),
    Fault("account-length", "row", "账号位数不对", "应为 8 至 32 位数字"),
    Fault("credit-code", "row", "不是有效的统一社会信用代码", "请核对营业执照上的 18 位代码"),
    Fault("certificate-number", "note", "证书编号不是已知的写法", "可用;联网查询核对"),
    Fault("name-wrong", "row", "姓名里有不该有的字符", "请核对"),
    # Who it is
    Fault("person-two-names", "row", "这个号码已登记为另一个姓名,转人工核对", "见 jixiang desk;核对后再发送"),
    Fault("person-two-numbers", "note", "与另一个号码的人同名同生日,转人工核对是否同一人", "见 jixiang desk"),
)

FAULTS: dict[str, Fault] = {fault.code: fault for fault in _ALL}
