#!/bin/bash
DOCKER="${DOCKER:-docker}"
# appsig-patch: options 2 to 3 below are new
$DOCKER run -d -e SERVICE_NAME=shop --network host flask-web
