#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host -e SERVICE_NAME=shop -e OTEL_RESOURCE_ATTRIBUTES=service.name=store shop
