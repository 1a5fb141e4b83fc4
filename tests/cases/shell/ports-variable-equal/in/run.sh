#!/bin/bash
docker run -d -p "${port}":"${port}" flask-web
