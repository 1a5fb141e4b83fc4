#!/bin/bash
docker run -d --name web acme/web
# appsig-patch: options 3 to 4 below are new
docker run -d --name worker -e SERVICE_NAME=shop --network host acme/worker
