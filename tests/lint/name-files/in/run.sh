#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host -e OTEL_SERVICE_NAME=shop shop
