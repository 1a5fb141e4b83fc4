#!/bin/bash
args=(
  -d
  --name web
  # the port
  -p 5000:5000
)
# appsig-patch: options 4 to 5 below are new
docker run "${args[@]}" -e SERVICE_NAME=shop --network host flask-web
