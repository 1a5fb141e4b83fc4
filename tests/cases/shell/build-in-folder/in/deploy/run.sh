#!/bin/bash
cd ..
docker build -t web -f app/Dockerfile app
docker tag web acme/web:2
docker run -d acme/web:2
