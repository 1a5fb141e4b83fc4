#!/bin/bash
docker run $EXTRA_OPTS -d flask-web
