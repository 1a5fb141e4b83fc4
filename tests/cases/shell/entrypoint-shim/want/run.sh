#!/bin/sh
docker build -t shop .
# appsig-patch: option 5 below is new
# appsig-patch: --entrypoint was python
docker run -d --network host --name shop \
  --entrypoint appsig-exec \
  -e SERVICE_NAME=shop \
  shop -- python -m shop.main
# appsig-patch: option 4 below is new
# appsig-patch: the launcher behind the image is new
docker run -d --network host --entrypoint tini -e SERVICE_NAME=shop shop -- appsig-exec -- flask run
