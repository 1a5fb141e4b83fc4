#!/bin/bash
# appsig-patch: options 2 to 3 below are new
ssh host docker run -d -e SERVICE_NAME=shop --network host flask-web
