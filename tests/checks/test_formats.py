"""The reports that other programs read."""

import json

from pipeline.translation.checks import FORMATS, RULES, CheckReport, Finding, render

AWKWARD = Finding(
    "numbers",
    "error",
    "posts/a b",
    "zh",
    "content/zh/posts/a b,100%:中文.md",
    7,
    "50% stands here\nwhere the source has 5::%.",
    "Correct it, now: really.",
)
PLAIN = Finding("length", "warning", "posts/b", "zh", "content/zh/posts/b.md", 3, "Too short.")
IGNORED = Finding("doubled", "warning", "posts/b", "zh", "content/zh/posts/b.md", 9, "Twice.", ignored="on purpose")
REPORT = CheckReport(2, [AWKWARD, PLAIN, PLAIN], [IGNORED])


def test_text():
    assert render(REPORT, "text").splitlines()[2:] == [
        "content/zh/posts/b.md:3: warning length: Too short.",
        "content/zh/posts/b.md:3: warning length: Too short.",
        "",
        "2 pages checked: 1 error and 2 warnings (1 ignored).",
    ]
    assert render(CheckReport(1), "text") == "1 page checked: nothing found."


def test_github_annotations_are_escaped():
    lines = render(REPORT, "github").split("\n")
    assert lines[0] == (
        "::error file=content/zh/posts/a b%2C100%25%3A中文.md,line=7,title=numbers"
        "::50%25 stands here%0Awhere the source has 5::%25. Correct it, now: really."
    )
    assert lines[1] == "::warning file=content/zh/posts/b.md,line=3,title=length::Too short."
    assert len(lines) == 3
    assert render(CheckReport(1), "github") == ""


def test_sarif_has_the_shape_of_2_1_0():
    log = json.loads(render(REPORT, "sarif"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "pipeline"
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    assert len(run["results"]) == 4
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert isinstance(result["message"]["text"], str)
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert not set(place["artifactLocation"]["uri"]) & set(' "<>\\^`{|}%中'.replace("%", ""))


def test_sarif_addresses_are_quoted_and_equal_findings_differ():
    results = json.loads(render(REPORT, "sarif"))["runs"][0]["results"]
    uri = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "content/zh/posts/a%20b%2C100%25%3A%E4%B8%AD%E6%96%87.md"
    prints = [result["partialFingerprints"]["finding/v1"] for result in results]
    assert len(set(prints)) == 4
    moved = CheckReport(2, [PLAIN.__class__(**{**PLAIN.to_json(), "line": 30})])
    again = json.loads(render(moved, "sarif"))["runs"][0]["results"][0]
    assert again["partialFingerprints"]["finding/v1"] == prints[1]


def test_what_is_ignored_is_suppressed_in_sarif():
    results = json.loads(render(REPORT, "sarif"))["runs"][0]["results"]
    assert [result.get("suppressions") for result in results] == [
        None,
        None,
        None,
        [{"kind": "inSource", "justification": "on purpose"}],
    ]


def test_every_format_renders_an_empty_report():
    for form in FORMATS:
        render(CheckReport(), form)
