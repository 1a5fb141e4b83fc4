#!/bin/bash
if [ "$1" ]; then
  # appsig-patch: options 3 to 4 below are new
  docker run -d --name web -e SERVICE_NAME=shop --network host flask-web "$1"
else
  # appsig-patch: options 3 to 4 below are new
  docker run -d --name web -e SERVICE_NAME=shop --network host flask-web
fi
