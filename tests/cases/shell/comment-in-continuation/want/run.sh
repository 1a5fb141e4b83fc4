#!/bin/bash
# appsig-patch: options 3 to 4 below are new
docker run -d `# detached` \
  -p 80:80 `# the port` \
  -e SERVICE_NAME=shop \
  --network host \
  flask-web
