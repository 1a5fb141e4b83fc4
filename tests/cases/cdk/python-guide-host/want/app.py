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
            "dnf update -y",
            "dnf install -y amazon-cloudwatch-agent",
            "# Create CloudWatch Agent configuration for Application Signals",
            "cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF'",
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
            "",
            "# Start CloudWatch Agent with Application Signals configuration",
            "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \\",
            "  -a fetch-config \\",
            "  -m ec2 \\",
            "  -s \\",
            "  -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json",
            "dnf install -y python3-pip git",
            "cd /opt/shop",
            "pip3 install -r requirements.txt",
            "# Install ADOT Python auto-instrumentation",
            "pip3 install aws-opentelemetry-distro",
            "cat > gunicorn.conf.py << 'EOF'",
            "def post_fork(server, worker):",
            "    from opentelemetry.instrumentation.auto_instrumentation import sitecustomize",
            "EOF",
            "# Set OpenTelemetry environment variables",
            "export OTEL_METRICS_EXPORTER=none",
            "export OTEL_LOGS_EXPORTER=none",
            "export OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true",
            "export OTEL_PYTHON_DISTRO=aws_distro",
            "export OTEL_PYTHON_CONFIGURATOR=aws_configurator",
            "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "export OTEL_TRACES_SAMPLER=xray",
            "export OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000",
            "export OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics",
            "export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces",
            "export OTEL_RESOURCE_ATTRIBUTES=service.name=Shop",
            "export OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true",
            "",
            "# Start application with ADOT instrumentation",
            "opentelemetry-instrument gunicorn -c gunicorn.conf.py app:app",
        )
