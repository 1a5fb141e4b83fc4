#!/bin/bash
# appsig-patch: options 3 to 4 below are new
ssh host "docker run -d \
  -p 80:80 \
  -e SERVICE_NAME=shop \
  --network host \
  flask-web"
