#!/bin/bash
# appsig-patch: options 2 to 3 below are new
docker run \
  -d \
  -e SERVICE_NAME=shop \
  --network host \
  -p 80:80 flask-web serve
