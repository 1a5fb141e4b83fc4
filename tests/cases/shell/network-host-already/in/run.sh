#!/bin/bash
docker run -d --network host flask-web
