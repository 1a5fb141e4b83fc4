from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct


class AppStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc.from_lookup(self, "Vpc", is_default=True)
        role = iam.Role(
            self,
            "AppRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchAgentServerPolicy"),
                iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore"),
            ],
        )

        instance = ec2.Instance(
            self,
            "Shop",
            vpc=vpc,
            role=role,
            instance_type=ec2.InstanceType("t3.small"),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        )

        instance.user_data.add_commands(
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
            "dnf install -y docker",
            "# appsig-patch: options 4 to 5 below are new",
            f"docker run -d --name {name} -p {port}:{port} -e SERVICE_NAME={name} --network host {repository.repository_uri}:latest",
        )
