#!/bin/bash
set -e
sudo apt-get update -y && sudo apt-get install -y python3-flask
curl -fsSL -o /tmp/amazon-cloudwatch-agent.deb "https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"
sudo dpkg -i -E /tmp/amazon-cloudwatch-agent.deb
# Create CloudWatch Agent configuration for Application Signals
sudo tee /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json > /dev/null << 'EOF'
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
EOF

# Start CloudWatch Agent with Application Signals configuration
sudo /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
  -a fetch-config \
  -m ec2 \
  -s \
  -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
# Install ADOT Python auto-instrumentation
sudo pip3 install aws-opentelemetry-distro
sudo -u ubuntu env OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true OTEL_PYTHON_DISTRO=aws_distro OTEL_PYTHON_CONFIGURATOR=aws_configurator OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=xray OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces OTEL_RESOURCE_ATTRIBUTES=service.name=store opentelemetry-instrument python3 /home/ubuntu/app.py
