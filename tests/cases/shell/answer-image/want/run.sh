#!/bin/bash
# appsig-patch: options 2 to 3 below are new
docker run -d $THING -e SERVICE_NAME=shop --network host flask-web serve
