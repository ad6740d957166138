from pathlib import Path

import pytest

from flows.deployments import read_deployments
from pipeline.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent


def test_the_shipped_file_names_the_three_flows():
    deployments = {deployment.name: deployment for deployment in read_deployments(ROOT / "prefect.yaml")}
    assert list(deployments) == ["translate", "publish", "republish"]
    for name, deployment in deployments.items():
        assert deployment.flow_name == name
        assert deployment.description
        assert deployment.tags
        assert deployment.concurrency_limit == 1
        assert deployment.concurrency_options.collision_strategy == "CANCEL_NEW"


def test_the_schedules_have_a_time_zone():
    deployments = {deployment.name: deployment for deployment in read_deployments(ROOT / "prefect.yaml")}
    (republish,) = deployments["republish"].schedules
    assert republish.active
    assert republish.schedule.timezone == "Europe/Berlin"
    assert not deployments["publish"].schedules
    assert not deployments["translate"].schedules[0].active


@pytest.mark.parametrize("name", ["translate", "publish", "republish"])
def test_the_form_has_described_fields_with_defaults(name):
    (deployment,) = [entry for entry in read_deployments(ROOT / "prefect.yaml") if entry.name == name]
    schema = deployment._parameter_openapi_schema.model_dump()
    (model,) = schema["definitions"].values()
    assert model["additionalProperties"] is False
    assert model["properties"]["root"]["default"] == "."
    for field in model["properties"].values():
        assert field["description"]
        assert "default" in field


def test_bounds_reach_the_form():
    (deployment,) = [entry for entry in read_deployments(ROOT / "prefect.yaml") if entry.name == "translate"]
    fields = deployment._parameter_openapi_schema.model_dump()["definitions"]["TranslateOptions"]["properties"]
    assert fields["locale"]["pattern"]
    assert fields["posts"]["maxItems"] == 1000


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
