#!/bin/bash
docker rm -f web || true; docker run -d flask-web >/dev/null 2>&1 &&
  echo ok
