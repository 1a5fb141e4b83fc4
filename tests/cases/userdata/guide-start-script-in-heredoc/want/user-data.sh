#!/bin/bash
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
yum install -y python3
pip3 install flask gunicorn
# Install ADOT Python auto-instrumentation
pip3 install aws-opentelemetry-distro
cat > /opt/quotes/start.sh <<EOF
#!/bin/bash
cd /opt/quotes
exec env OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true OTEL_PYTHON_DISTRO=aws_distro OTEL_PYTHON_CONFIGURATOR=aws_configurator OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_TRACES_SAMPLER=xray OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces OTEL_RESOURCE_ATTRIBUTES=service.name=quotes opentelemetry-instrument gunicorn -w \$(nproc) app:app
EOF
chmod +x /opt/quotes/start.sh
/opt/quotes/start.sh &
