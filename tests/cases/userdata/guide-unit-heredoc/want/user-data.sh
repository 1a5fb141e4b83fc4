#!/bin/bash
apt-get update
curl -fsSL -o /tmp/amazon-cloudwatch-agent.deb "https://amazoncloudwatch-agent.s3.amazonaws.com/$(. /etc/os-release && echo "$ID")/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb"
dpkg -i -E /tmp/amazon-cloudwatch-agent.deb
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
apt-get install -y python3-venv
useradd app
git clone https://x/y /opt/inventory
python3 -m venv /opt/inventory/venv
/opt/inventory/venv/bin/pip install -r /opt/inventory/requirements.txt
# Install ADOT Python auto-instrumentation
/opt/inventory/venv/bin/pip install aws-opentelemetry-distro
cat > /etc/systemd/system/inventory.service <<EOF
[Unit]
Description=x

[Service]
User=app
WorkingDirectory=/opt/inventory
Environment=OTEL_METRICS_EXPORTER=none
Environment=OTEL_LOGS_EXPORTER=none
Environment=OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true
Environment=OTEL_PYTHON_DISTRO=aws_distro
Environment=OTEL_PYTHON_CONFIGURATOR=aws_configurator
Environment=OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
Environment=OTEL_TRACES_SAMPLER=xray
Environment=OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000
Environment=OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics
Environment=OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces
Environment=OTEL_RESOURCE_ATTRIBUTES=service.name=inventory
ExecStart=/opt/inventory/venv/bin/opentelemetry-instrument /opt/inventory/venv/bin/gunicorn -w 2 app:app
Restart=always

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now inventory
