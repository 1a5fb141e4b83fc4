#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host -e OTEL_RESOURCE_ATTRIBUTES=service.name=shop shop
