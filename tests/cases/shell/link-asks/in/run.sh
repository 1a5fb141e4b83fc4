#!/bin/bash
docker run -d --link db flask-web
