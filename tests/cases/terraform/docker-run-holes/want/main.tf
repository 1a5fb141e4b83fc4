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
    dnf install -y docker
    systemctl start docker
    docker run -d --name ${var.app_name} -p ${var.port}:${var.port} -e PORT=${var.port} -e SERVICE_NAME=${var.app_name} -e OTEL_METRICS_EXPORTER=none -e OTEL_LOGS_EXPORTER=none -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true -e OTEL_PYTHON_DISTRO=aws_distro -e OTEL_PYTHON_CONFIGURATOR=aws_configurator -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf -e OTEL_TRACES_SAMPLER=xray -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces -e OTEL_RESOURCE_ATTRIBUTES=service.name=${var.app_name} --network host ${var.image}
  EOF
}
