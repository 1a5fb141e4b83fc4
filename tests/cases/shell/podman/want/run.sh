#!/bin/bash
# appsig-patch: options 2 to 3 below are new
podman run -d -e SERVICE_NAME=shop --network host flask-web
