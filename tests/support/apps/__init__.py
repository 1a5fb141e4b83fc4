"""Services that the integration tests and the demo start; none of them knows of OpenTelemetry."""
