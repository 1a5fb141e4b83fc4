from aws_cdk import Stack, aws_ec2 as ec2, aws_iam as iam
from constructs import Construct


class AppStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc.from_lookup(self, "Vpc", is_default=True)
        instance = ec2.Instance(
            self,
            "Shop",
            vpc=vpc,
            instance_type=ec2.InstanceType("t3.small"),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        )
        instance.role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchAgentServerPolicy"))

        instance.user_data.add_commands(
            "dnf update -y",
            "# appsig: the CloudWatch agent",
            "dnf install -y amazon-cloudwatch-agent || true",
            "# appsig: its configuration for Application Signals",
            "cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF' || true",
            "{",
            '  "traces": {',
            '    "traces_collected": {',
            '      "application_signals": {}',
            "    }",
            "  },",
            '  "logs": {',
            '    "metrics_collected": {',
            '      "application_signals": {}',
            "    }",
            "  }",
            "}",
            "EOF",
            "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json || true",
            "# appsig: appsig-exec, which the app is started by",
            "command -v appsig-exec > /dev/null || echo 'appsig: appsig-exec is not on this machine: the app starts without it' >&2 || true",
            "dnf install -y python3-pip git",
            "cd /opt/shop",
            "pip3 install -r requirements.txt",
            "# appsig: ADOT, which instruments the app",
            "pip3 install aws-opentelemetry-distro || true",
            "env SERVICE_NAME=Shop $(command -v appsig-exec || true) gunicorn app:app",
        )
