#!/bin/bash
docker run -dit --name=web -p5000:5000 flask-web
