#!/bin/bash
cd ..
docker build -t web -f app/Dockerfile app
docker tag web acme/web:2
# appsig-patch: options 2 to 3 below are new
docker run -d -e SERVICE_NAME=shop --network host acme/web:2
