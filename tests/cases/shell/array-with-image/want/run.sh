#!/bin/bash
args=(
  -d
  -p 5000:5000
  -e SERVICE_NAME=shop
  --network host
  flask-web
)
# appsig-patch: options 3 to 4 below are new
docker run "${args[@]}"
