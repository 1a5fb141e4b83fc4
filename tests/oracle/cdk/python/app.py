"""An app as a reader of the guide has one: a row of machines, each with its user data in another form."""

import textwrap

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2

IMAGE = "example/shop:latest"
PORT = 8000
SCRIPT = f"""#!/bin/bash
set -e
apt-get update -y
cd /opt/stock
python3 -m venv venv
venv/bin/pip install "uvicorn" fastapi
STAGE=${{STAGE:-test}} nohup venv/bin/uvicorn main:app --port {PORT} > /var/log/stock.log 2>&1 &
"""


class AppStack(cdk.Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        vpc = ec2.Vpc(self, "Vpc", max_azs=1, nat_gateways=0)
        shared = {
            "vpc": vpc,
            "instance_type": ec2.InstanceType("t3.small"),
            "machine_image": ec2.MachineImage.latest_amazon_linux2023(),
        }

        host = ec2.Instance(self, "Host", **shared)
        host.user_data.add_commands(
            "dnf update -y",  # the system first
            "echo 'it is up to date'",
            "cd /opt/shop",
            "pip3 install flask gunicorn",
            "gunicorn -b 0.0.0.0:{} app:app &".format(PORT),  # noqa: UP032
        )

        container = ec2.Instance(self, "Container", user_data_causes_replacement=True, **shared)
        container.add_user_data(
            "dnf update -y",
            "dnf install -y docker",
            f"docker run -d --name shop --network host -p {PORT}:{PORT} {IMAGE}",
        )

        ec2.Instance(
            self,
            "Template",
            vpc=vpc,
            instance_type=ec2.InstanceType("t3.small"),
            machine_image=ec2.MachineImage.from_ssm_parameter(
                "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"
            ),
            user_data=ec2.UserData.custom(SCRIPT),
        )

        group = autoscaling.AutoScalingGroup(self, "Group", **shared)
        group.add_user_data(
            textwrap.dedent(
                """\
                dnf update -y
                cd /opt/mail
                python3 worker.py &
                """
            )
        )

        commands = ["#!/bin/bash", "dnf update -y"]
        commands.append("cd /opt/orders")
        commands.append("pip3 install flask")
        commands.append("flask run --host 0.0.0.0 &")
        ec2.Instance(self, "Joined", user_data=ec2.UserData.custom("\n".join(commands)), **shared)

        with open("boot.sh") as file:
            boot = file.read()
        ec2.Instance(self, "File", user_data=ec2.UserData.custom(boot), **shared)

        gate = ec2.Instance(self, "Gate", **shared)
        gate.add_user_data("sysctl -w net.ipv4.ip_forward=1")


app = cdk.App()
AppStack(app, "AppStack")
app.synth()
