#!/bin/bash
docker run -d `# detached` \
  -p 80:80 `# the port` \
  flask-web
