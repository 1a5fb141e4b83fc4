#!/bin/bash
# appsig-patch: option 3 below is new
docker run -d -e SERVICE_NAME=shop --network host flask-web
