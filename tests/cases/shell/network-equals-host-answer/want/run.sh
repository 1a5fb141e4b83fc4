#!/bin/bash
# appsig-patch: --network was "$NET"
# appsig-patch: option 3 below is new
docker run -d \
  --net=host \
  -e SERVICE_NAME=shop \
  flask-web
