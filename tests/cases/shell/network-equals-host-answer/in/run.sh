#!/bin/bash
docker run -d \
  --net="$NET" \
  flask-web
