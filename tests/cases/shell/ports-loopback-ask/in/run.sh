#!/bin/bash
docker run -d -p 127.0.0.1:5000:5000 flask-web
