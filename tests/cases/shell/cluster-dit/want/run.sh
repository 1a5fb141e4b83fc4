#!/bin/bash
# appsig-patch: options 6 to 7 below are new
docker run -dit --name=web -p5000:5000 -e SERVICE_NAME=shop --network host flask-web
