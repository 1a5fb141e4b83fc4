#!/bin/bash
docker build -t web .
docker run -d -p 3000:3000 web
