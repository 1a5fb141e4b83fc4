# Source this before the app is started by hand:
#
#     . otel-env.sh && opentelemetry-instrument python main.py
#
# appsig-exec sets all of it by itself; this is for those who start their app without it.
# shellcheck shell=sh
: "${SERVICE_NAME:=my-service}"
: "${DEPLOYMENT_ENVIRONMENT:=production}"
: "${LOG_GROUP_NAME:=/aws/ec2/$SERVICE_NAME}"
export SERVICE_NAME DEPLOYMENT_ENVIRONMENT LOG_GROUP_NAME

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
OTEL_RESOURCE_ATTRIBUTES="service.name=$SERVICE_NAME,deployment.environment=$DEPLOYMENT_ENVIRONMENT"
OTEL_RESOURCE_ATTRIBUTES="$OTEL_RESOURCE_ATTRIBUTES,aws.log.group.names=$LOG_GROUP_NAME"
export OTEL_RESOURCE_ATTRIBUTES
