#!/bin/bash
cat > /opt/aws/amazon-cloudwatch-agent/etc/mem.json << 'END'
{"metrics": {"metrics_collected": {"mem": {}}}}
END
cat > /opt/aws/amazon-cloudwatch-agent/etc/signals.json << 'END'
{
  "traces": {"traces_collected": {"application_signals": {}}},
  "logs": {"metrics_collected": {"application_signals": {}}}
}
END
export OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true
opentelemetry-instrument python3 app.py
