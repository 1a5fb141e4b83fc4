from opentelemetry import trace
