"""Cases of documents that grant nothing: 定义, and 办法 that define besides what later stages read of them."""

import pytest
from tests.readings.harbour import report, said, table

DEFINED = """---
名称: 船员办法
文种: {kind}
---
# 船员办法

## 第一条

```规则
参数 公示期: 5 个工作日
定义 渔民.老手: 年龄(出生日期, 适用日) 满 50 周岁
```

"""


@pytest.mark.parametrize("kind", ["定义", "办法"])
def test_what_it_defines_is_asked_as_on_a_day(tmp_path, kind):
    cases = table(
        "案例",
        "案例, 适用日, 出生日期, 应为 老手",
        "满五十, 2020-06-30, 1970-06-30, 是",
        "差一天, 2020-06-30, 1970-07-01, 否",
        "写错了, 2020-06-30, 1970-07-01, 是",
    )
    found = report(tmp_path, DEFINED.format(kind=kind) + cases)
    assert list(found.files.values()) == [(2, 3)]
    assert len(said(found)) == 1
