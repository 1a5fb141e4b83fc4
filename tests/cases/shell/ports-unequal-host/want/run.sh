#!/bin/bash
# appsig-patch: options 3 to 4 below are new
docker run -d -p 80:5000 -e SERVICE_NAME=shop --network host flask-web
