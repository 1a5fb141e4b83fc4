#!/bin/bash
# appsig-patch: options 2 to 3 below are new
sudo -E docker --context prod container run -d -e SERVICE_NAME=shop --network host flask-web
