#!/bin/bash
yum update -y
yum install -y amazon-cloudwatch-agent
# Create CloudWatch Agent configuration for Application Signals
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json << 'EOF'
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
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl \
  -a fetch-config \
  -m ec2 \
  -s \
  -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
amazon-linux-extras install docker -y
service docker start
aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com
docker pull 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
docker run -d --name orders \
  -p 8000:8000 \
  -e PORT=8000 \
  -e SERVICE_NAME=orders \
  -e OTEL_METRICS_EXPORTER=none \
  -e OTEL_LOGS_EXPORTER=none \
  -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true \
  -e OTEL_PYTHON_DISTRO=aws_distro \
  -e OTEL_PYTHON_CONFIGURATOR=aws_configurator \
  -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \
  -e OTEL_TRACES_SAMPLER=xray \
  -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 \
  -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics \
  -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces \
  -e OTEL_RESOURCE_ATTRIBUTES=service.name=orders \
  --network host \
  123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4
