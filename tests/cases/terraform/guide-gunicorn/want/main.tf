data "aws_ami" "al2023" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_instance_profile" "app" {
  name = "app"
  role = aws_iam_role.app.name
}

resource "aws_iam_role_policy_attachment" "agent" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_instance" "web" {
  ami                  = data.aws_ami.al2023.id
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.app.name

  user_data = <<-EOF
    #!/bin/bash
    set -euo pipefail
    dnf update -y
    dnf install -y amazon-cloudwatch-agent
    # Create CloudWatch Agent configuration for Application Signals
    cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'AGENT_CONFIG'
    {
      "traces": {
        "traces_collected": {
          "application_signals": {}
        }
      },
      "logs": {
        "metrics_collected": {
          "application_signals": {}
        }
      }
    }
    AGENT_CONFIG

    # Start CloudWatch Agent with Application Signals configuration
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
      -a fetch-config \
      -m ec2 \
      -s \
      -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
    dnf install -y python3-pip
    cd /opt/shop
    pip3 install -r requirements.txt
    # Install ADOT Python auto-instrumentation
    pip3 install aws-opentelemetry-distro
    cat > gunicorn.conf.py << 'AGENT_CONFIG'
    def post_fork(server, worker):
        from opentelemetry.instrumentation.auto_instrumentation import sitecustomize
    AGENT_CONFIG
    # Set OpenTelemetry environment variables
    export OTEL_METRICS_EXPORTER=none
    export OTEL_LOGS_EXPORTER=none
    export OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true
    export OTEL_PYTHON_DISTRO=aws_distro
    export OTEL_PYTHON_CONFIGURATOR=aws_configurator
    export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    export OTEL_TRACES_SAMPLER=xray
    export OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000
    export OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics
    export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces
    export OTEL_RESOURCE_ATTRIBUTES=service.name=shop
    export OTEL_AWS_PYTHON_DEFER_TO_WORKERS_ENABLED=true

    # Start application with ADOT instrumentation
    nohup opentelemetry-instrument gunicorn -c gunicorn.conf.py -b 0.0.0.0:8000 app:app > /var/log/shop.log 2>&1 &
  EOF

  tags = {
    Name = "shop"
  }
}
