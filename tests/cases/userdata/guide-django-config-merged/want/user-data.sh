#!/bin/bash
yum install -y amazon-cloudwatch-agent python3
# appsig: application_signals is added to the configuration below: traces, logs.metrics_collected
cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<EOF
{
  "traces": {"traces_collected": {"application_signals": {}}},
  "agent": {
    "metrics_collection_interval": 60
  },
  "logs": {
    "metrics_collected": {"application_signals": {}},
    "logs_collected": {
      "files": {"collect_list": []}
    }
  }
}
EOF
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
cd /srv/billing
source venv/bin/activate
pip install -r requirements.txt
# Install ADOT Python auto-instrumentation
pip install aws-opentelemetry-distro
python manage.py migrate
export DJANGO_SETTINGS_MODULE=billing.settings
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
export OTEL_RESOURCE_ATTRIBUTES=service.name=billing

# Start Django application with ADOT instrumentation
exec opentelemetry-instrument python manage.py runserver 0.0.0.0:8000 --noreload
