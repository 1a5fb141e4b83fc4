#!/bin/bash
# appsig-patch: options 3 to 4 below are new
docker run -d \
    -p 5000:5000 \
    -e SERVICE_NAME=shop \
    --network host \
    123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:latest \
    --debug
