#!/bin/bash
docker run -d --env-file web.env flask-web
