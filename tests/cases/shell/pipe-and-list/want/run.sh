#!/bin/bash
# appsig-patch: options 2 to 3 below are new
docker rm -f web || true; docker run -d -e SERVICE_NAME=shop --network host flask-web >/dev/null 2>&1 &&
  echo ok
