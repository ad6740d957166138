import re
import subprocess
from pathlib import Path

import pytest
import yaml

from flows.__main__ import deployments_of
from flows.deployments import read_deployments
from pipeline.config import load
from pipeline.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent


NAMES = ["sync", "publish", "republish", "preview", "rollback", "adopt"]


def test_the_shipped_file_names_the_flows():
    deployments = {deployment.name: deployment for deployment in read_deployments(ROOT / "prefect.yaml")}
    assert list(deployments) == NAMES
    for name, deployment in deployments.items():
        assert deployment.flow_name == name
        assert deployment.description
        assert deployment.tags
        assert deployment.concurrency_limit == 1
        assert deployment.concurrency_options.collision_strategy == "CANCEL_NEW"


def test_a_site_without_a_file_of_its_own_has_the_shipped_deployments(site):
    assert [entry.name for entry in read_deployments(deployments_of(site), load(site))] == NAMES
    own = site / "prefect.yaml"
    own.write_text("deployments: [{name: mine, entrypoint: flows.publish:publish}]")
    assert [entry.name for entry in read_deployments(deployments_of(site), load(site))] == ["mine"]


def test_the_schedules_have_a_time_zone():
    deployments = {deployment.name: deployment for deployment in read_deployments(ROOT / "prefect.yaml")}
    (republish,) = deployments["republish"].schedules
    assert republish.active
    assert republish.schedule.timezone == "Europe/Berlin"
    assert not deployments["publish"].schedules
    assert not deployments["sync"].schedules[0].active


@pytest.mark.parametrize("name", NAMES)
def test_the_form_has_described_fields_with_defaults(name):
    (deployment,) = [entry for entry in read_deployments(ROOT / "prefect.yaml") if entry.name == name]
    schema = deployment._parameter_openapi_schema.model_dump()
    (model,) = schema["definitions"].values()
    assert model["additionalProperties"] is False
    assert model["properties"]["root"]["default"] == "."
    for field in model["properties"].values():
        assert field["description"]
        assert "default" in field or model["required"] == ["old"]


def test_bounds_reach_the_form():
    fields = fields_of("sync")
    assert fields["locale"]["pattern"]
    assert fields["posts"]["maxItems"] == 1000
    assert fields["stage"]["enum"] == ["all", "detect", "translate", "propose"]


def test_the_form_offers_the_locales_and_engines_of_the_site(site):
    fields = fields_of("sync", load(site))
    assert fields["locale"]["enum"] == ["all", "zh"]
    assert {"configured", "google", "libretranslate"} <= set(fields["engine"]["enum"])


def test_the_version_is_the_commit_of_the_content(site):
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(site), *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "content")
    (publish,) = [entry for entry in read_deployments(ROOT / "prefect.yaml", load(site)) if entry.name == "publish"]
    assert publish.version == git("rev-parse", "--short=12", "HEAD")


def test_a_push_starts_sync_and_a_merge_starts_publish():
    triggers = {entry.name: entry.triggers for entry in read_deployments(ROOT / "prefect.yaml") if entry.triggers}
    assert {name: trigger.expect for name, (trigger,) in triggers.items()} == {
        "sync": {"content.pushed"},
        "publish": {"content.merged"},
    }


def fields_of(name, settings=None):
    (deployment,) = [entry for entry in read_deployments(ROOT / "prefect.yaml", settings) if entry.name == name]
    (form,) = deployment._parameter_openapi_schema.model_dump()["definitions"].values()
    return form["properties"]


ENTRY = "name: x, entrypoint: flows.publish.publish"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no prefect.yaml"),
        ("deployments: [", "is not valid YAML"),
        ("deployments: []", "`deployments`"),
        ("deployments: [{entrypoint: flows.publish.publish}]", "`deployments.0.name`"),
        ("deployments: [{name: x, entrypoint: flows.nothing.publish}]", "`x` names no flow"),
        ("deployments: [{name: x, entrypoint: flows.publish.nothing}]", "`x` names no flow"),
        ("deployments: [{name: x, entrypoint: flows.publish.deliver}]", "`x` names no flow"),
        (f"deployments: [{{{ENTRY}, schedules: [{{cron: daily-ish}}]}}]", "cron"),
        (f"deployments: [{{{ENTRY}, schedules: [{{cron: 0 6 * * *, timezone: Mars}}]}}]", "Mars"),
        (f"deployments: [{{{ENTRY}, concurrency_limit: {{limit: 1, collision_strategy: NEVER}}}}]", "NEVER"),
        (f"deployments: [{{{ENTRY}, triggers: [{{expect: []}}]}}]", "`deployments.0.triggers.0.expect`"),
        (f"deployments: [{{{ENTRY}, triggers: [{{expected: [x]}}]}}]", "`deployments.0.triggers.0.expect`"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, text, said):
    file = tmp_path / "prefect.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_deployments(file)
    assert said in str(raised.value)
    assert raised.value.remedy


def test_the_automation_in_the_docs_is_the_shipped_one():
    (shown,) = re.findall(r"```yaml\n(trigger:.*?)```", (ROOT / "docs" / "prefect.md").read_text(), re.DOTALL)
    shipped = yaml.safe_load((ROOT / "infra" / "automations.yaml").read_text())["automations"][0]
    assert yaml.safe_load(shown) == {key: shipped[key] for key in ("trigger", "actions")}
