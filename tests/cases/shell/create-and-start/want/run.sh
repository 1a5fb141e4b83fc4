#!/bin/bash
# appsig-patch: options 2 to 3 below are new
docker create --name web -e SERVICE_NAME=shop --network host flask-web
docker start web
