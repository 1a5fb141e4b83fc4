"""A CDK app as CDK itself reads it: type-checked, synthesised, and the user data of each machine as text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from .program import TOP

SOURCES = TOP / "tests" / "oracle" / "cdk"
TOOLS = TOP / "build" / "cdk"
MODULES = TOOLS / "node_modules"


def missing():
    """What is not there, or None."""
    if shutil.which("node") is None:
        return "node"
    return None if (MODULES / "aws-cdk").is_dir() else "CDK, which `make build/cdk/.stamp` installs"


def run(command, folder):
    quiet = {
        **os.environ,
        "CI": "true",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=quiet, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def synthesised(folder, language):
    """The template of the app in `folder`, whose `cdk synth` has to succeed."""
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(MODULES)
    app = f"{sys.executable} app.py"
    if language == "typescript":
        run(["node", MODULES / "typescript" / "bin" / "tsc", "-p", "."], folder)
        app = "node app.js"
    options = [
        "--quiet",
        "--no-notices",
        "--no-version-reporting",
        "--no-asset-metadata",
        "--no-path-metadata",
    ]
    shutil.rmtree(folder / "out", ignore_errors=True)
    run(
        ["node", MODULES / "aws-cdk" / "bin" / "cdk", "synth", "--app", app, "--output", "out", *options],
        folder,
    )
    return json.loads((folder / "out" / "AppStack.template.json").read_text())


def text_of(value):
    """A value of the template; what CloudFormation would fill in is a name in its place."""
    if isinstance(value, str):
        return value
    if "Fn::Base64" in value:
        return text_of(value["Fn::Base64"])
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(map(text_of, parts))
    return f"{value['Ref']}" if "Ref" in value else "value"


KINDS = {
    "AWS::EC2::Instance": lambda properties: properties,
    "AWS::EC2::LaunchTemplate": lambda properties: properties["LaunchTemplateData"],
    "AWS::AutoScaling::LaunchConfiguration": lambda properties: properties,
}


def machines(template):
    """(script, managed policies) of each machine, in the order of the app."""
    resources = template["Resources"]
    profiles = {name: item for name, item in resources.items() if item["Type"] == "AWS::IAM::InstanceProfile"}
    found = []
    for item in resources.values():
        if item["Type"] not in KINDS:
            continue
        holder = KINDS[item["Type"]](item["Properties"])
        if "UserData" not in holder:
            continue
        profile = holder["IamInstanceProfile"]
        name = profile.get("Ref") or profile.get("Arn", profile).get("Fn::GetAtt", [None])[0]
        role = profiles[name]["Properties"]["Roles"][0]["Ref"]
        policies = json.dumps(resources[role]["Properties"].get("ManagedPolicyArns", []))
        found.append((text_of(holder["UserData"]), policies))
    return found


def other_resources(template):
    """Everything but machines and roles, by type: what a patch must leave as it is."""
    kept = [
        item
        for item in template["Resources"].values()
        if item["Type"] not in KINDS and item["Type"] != "AWS::IAM::Role"
    ]
    return [
        json.dumps(
            {
                **item,
                "Metadata": None,
                "Properties": {**item["Properties"], "LaunchTemplate": None, "LaunchConfigurationName": None},
            },
            sort_keys=True,
        )
        for item in kept
    ]
