#!/bin/sh
docker build -t shop .
docker run -d --network host --name shop \
  --entrypoint python \
  shop -m shop.main
docker run -d --network host --entrypoint tini shop -- flask run
